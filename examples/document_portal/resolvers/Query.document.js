import { util } from '@aws-appsync/utils';

export function request(ctx) {
  return { operation: 'GetItem', key: util.dynamodb.toMapValues({ id: ctx.args.id }) };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  const found = ctx.result;
  const isReviewer = (ctx.identity.groups ?? []).includes('reviewers');
  // What somebody may not have is not there, and not refused.
  const may = found && (isReviewer || found.owner === ctx.identity.sub || found.status === 'PUBLISHED');
  return may ? found : null;
}
