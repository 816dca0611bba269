import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const identity = { username: ctx.identity?.username ?? null, groups: ctx.identity?.groups ?? null };
  return {
    operation: 'BatchInvoke',
    payload: { field: ctx.info.fieldName, source: ctx.source, arguments: ctx.args, identity },
  };
}

export function response(ctx) {
  // One that failed is null, with an error of its own; the others have theirs.
  if (ctx.error) {
    util.appendError(ctx.error.message, ctx.error.type);
    return null;
  }
  return ctx.result;
}
