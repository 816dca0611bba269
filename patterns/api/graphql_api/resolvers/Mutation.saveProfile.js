import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const { name } = ctx.args;
  if (!name.trim() || name.length > 100) {
    util.error('name must have 1 to 100 characters', 'BadRequest');
  }
  // Everybody's own: the key is who signed in, and no argument.
  return {
    operation: 'PutItem',
    key: util.dynamodb.toMapValues({ id: `person#${ctx.identity.sub}` }),
    attributeValues: util.dynamodb.toMapValues({ kind: 'person', name }),
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
