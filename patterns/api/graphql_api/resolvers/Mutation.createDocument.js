import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const { title, note } = ctx.args;
  if (!title.trim() || title.length > 200) {
    util.error('title must have 1 to 200 characters', 'BadRequest');
  }
  const document = {
    kind: 'document',
    title,
    note: note ?? null,
    status: 'DRAFT',
    version: 1,
    authorId: ctx.identity.sub,
    updatedAt: util.time.nowISO8601(),
  };
  return {
    operation: 'PutItem',
    key: util.dynamodb.toMapValues({ id: util.autoId() }),
    attributeValues: util.dynamodb.toMapValues(document),
    condition: { expression: 'attribute_not_exists(id)' },
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
