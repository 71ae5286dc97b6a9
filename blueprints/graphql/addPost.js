import { util } from '@aws-appsync/utils';
import * as ddb from '@aws-appsync/utils/dynamodb';

/** Give a new post its id and its time. */
export function request(ctx) {
  const item = { ...ctx.args, createdAt: util.time.nowISO8601() };
  return ddb.put({ key: { id: util.autoId() }, item });
}

export function response(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return ctx.result;
}
