import { extensions, util } from '@aws-appsync/utils';

export function request() {
  return { payload: null };
}

export function response(ctx) {
  const isReviewer = (ctx.identity.groups ?? []).includes('reviewers');
  // Compared with what the announcement selects, which is all of a change.
  const filter = isReviewer
    ? { status: { in: ['PROCESSING', 'READY', 'FAILED', 'PUBLISHED'] } }
    : { or: [{ owner: { eq: ctx.identity.sub } }, { status: { eq: 'PUBLISHED' } }] };
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter(filter));
  return null;
}
