import { util } from '@aws-appsync/utils';

export function request(ctx) {
  // As the table has it now: of several changes, announced late, all tell of the last.
  return { operation: 'GetItem', key: util.dynamodb.toMapValues({ id: ctx.args.id }), consistentRead: true };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
