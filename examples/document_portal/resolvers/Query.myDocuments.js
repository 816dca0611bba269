import { util } from '@aws-appsync/utils';

const MOST = 100;

export function request(ctx) {
  const { limit, nextToken } = ctx.args;
  const most = limit ?? 20;
  if (most < 1 || most > MOST) {
    util.error(`limit must be between 1 and ${MOST}, got ${limit}`, 'BadRequest');
  }
  return {
    operation: 'Query',
    index: 'by-owner',
    query: {
      expression: '#owner = :owner',
      expressionNames: { '#owner': 'owner' },
      expressionValues: util.dynamodb.toMapValues({ ':owner': ctx.identity.sub }),
    },
    // The newest first.
    scanIndexForward: false,
    limit: most,
    nextToken,
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return { items: ctx.result.items, nextToken: ctx.result.nextToken };
}
