import { util } from '@aws-appsync/utils';

export function request(ctx) {
  const { id, version, status } = ctx.args;
  return {
    operation: 'UpdateItem',
    key: util.dynamodb.toMapValues({ id }),
    update: {
      expression: 'SET #status = :status, updatedAt = :now, #version = #version + :one',
      expressionNames: { '#status': 'status', '#version': 'version' },
      expressionValues: util.dynamodb.toMapValues({ ':status': status, ':now': util.time.nowISO8601(), ':one': 1 }),
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
