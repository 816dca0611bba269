import cf from 'cloudfront';

// Made by the construct: the experiment, its cookie, the header in the cache key, and each variant's share.
const settings = SETTINGS;

// FNV-1a, mixed once more so that similar ids end far apart.
function hash(text) {
  let value = 2166136261;
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 16777619);
  }
  value = Math.imul(value ^ (value >>> 16), 2246822507);
  value = Math.imul(value ^ (value >>> 13), 3266489909);
  return (value ^ (value >>> 16)) >>> 0;
}

function has(shares, variant) {
  return Object.prototype.hasOwnProperty.call(shares, variant);
}

function total(shares) {
  return Object.keys(shares).reduce((sum, variant) => sum + shares[variant], 0);
}

// Shares of known variants, of which at least one gets visitors.
function usable(shares) {
  return (
    typeof shares === 'object' && shares !== null && total(shares) > 0 &&
    Object.keys(shares).every((variant) =>
      has(settings.weights, variant) && Number.isInteger(shares[variant]) && shares[variant] >= 0)
  );
}

// The shares that the store holds; those of the deployment where it holds none, or none that can be used.
async function currentShares() {
  let text = '';
  try {
    text = await cf.kvs().get('weights');
  } catch (error) {
    return settings.weights;
  }
  try {
    const shares = JSON.parse(text);
    if (usable(shares)) {
      return shares;
    }
  } catch (error) {
    // Not JSON: told below.
  }
  console.log('weights of the store are not used: ' + text);
  return settings.weights;
}

// The variant that the cookie holds, if it still gets visitors.
function held(event, shares) {
  const cookie = event.request.cookies[settings.cookie];
  const value = cookie ? cookie.value : '';
  const variant = value.startsWith(settings.experiment + '.') ? value.slice(settings.experiment.length + 1) : '';
  return has(shares, variant) && shares[variant] > 0 ? variant : '';
}

// A request and its response have the same id, so both draw the same variant.
function drawn(event, shares) {
  const names = Object.keys(settings.weights).filter((variant) => has(shares, variant));
  let left = hash(settings.experiment + event.context.requestId) % total(shares);
  return names.find((variant) => {
    left -= shares[variant];
    return left < 0;
  });
}

async function handler(event) {
  const shares = await currentShares();
  const known = held(event, shares);
  const variant = known || drawn(event, shares);
  if (event.context.eventType === 'viewer-response') {
    const response = event.response;
    if (!known) {
      response.cookies[settings.cookie] = {
        value: settings.experiment + '.' + variant,
        attributes: settings.attributes
      };
    }
    response.headers[settings.header] = { value: variant };
    return response;
  }
  // Whatever the viewer sent under this name is replaced: it is in the cache key.
  event.request.headers[settings.header] = { value: variant };
  cf.selectRequestOriginById(variant);
  return event.request;
}
