import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const { id, version, title, note } = ctx.args;
  if (!title.trim() || title.length > 200) {
    util.error('title must have 1 to 200 characters', 'BadRequest');
  }
  return {
    operation: 'UpdateItem',
    key: util.dynamodb.toMapValues({ id }),
    update: {
      expression: 'SET title = :title, note = :note, updatedAt = :now, #version = #version + :one',
      expressionNames: { '#version': 'version' },
      expressionValues: util.dynamodb.toMapValues({
        ':title': title,
        ':note': note ?? null,
        ':now': util.time.nowISO8601(),
        ':one': 1,
      }),
    },
    condition: {
      expression: 'kind = :kind AND #version = :version',
      expressionNames: { '#version': 'version' },
      expressionValues: util.dynamodb.toMapValues({ ':kind': 'document', ':version': version }),
    },
  };
}

export function response(ctx) {
  if (ctx.error && ctx.error.type === 'DynamoDB:ConditionalCheckFailedException') {
    util.error('the document is not there, or is of another version: read it again', 'Conflict');
  }
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
