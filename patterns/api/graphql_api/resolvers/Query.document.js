import { util } from '@aws-appsync/utils';

// A backend and editors have every document, readers the published ones.
function maySee(ctx, status) {
  const groups = ctx.identity.groups;
  return status === 'PUBLISHED' || !Object.hasOwn(ctx.identity, 'groups') || (groups ?? []).includes('editors');
}

export function request(ctx) {
  return { operation: 'GetItem', key: util.dynamodb.toMapValues({ id: ctx.args.id }) };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  const found = ctx.result;
  // Profiles are in the same table. What a reader may not see is not there, and not refused.
  return found && found.kind === 'document' && maySee(ctx, found.status) ? found : null;
}
