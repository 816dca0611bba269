/**
 * Upload a file by a PresignedUpload, with progress.
 *
 * @param {File} file What to upload.
 * @param {object} options
 * @param {string} options.url Where uploads are asked for: the construct's `url`.
 * @param {() => Promise<Record<string, string>>} options.headers Headers of each request of the API, such as a token.
 * @param {(share: number) => void} [options.onProgress] Told of the share that was sent, from 0 to 1.
 * @param {AbortSignal} [options.signal] Ends the upload.
 * @returns {Promise<{upload: string, status: string, reason: string}>} What became of it: RELEASED or REFUSED.
 */
export async function upload(file, { url, headers, onProgress = () => {}, signal }) {
  const ask = async (path, body) => {
    const answer = await fetch(url + path, {
      method: body ? "POST" : "GET",
      headers: { ...(await headers()), ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
      signal,
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.message);
    return said;
  };
  const begun = await ask("", { name: file.name, type: file.type, size: file.size });
  if (begun.form) await sendForm(begun.form, file, onProgress, signal);
  else await sendParts(begun, file, ask, onProgress, signal);
  for (let wait = 250; ; wait = Math.min(wait * 2, 5000)) {
    const state = await ask(`/${begun.upload}`);
    if (state.status === "RELEASED" || state.status === "REFUSED") return state;
    await pause(wait, signal);
  }
}

async function sendForm(form, file, onProgress, signal) {
  const data = new FormData();
  for (const [name, value] of Object.entries(form.fields)) data.append(name, value);
  data.append("file", file); // Amazon S3 ignores what comes after the file.
  await send("POST", form.url, data, (sent) => onProgress(Math.min(sent / file.size, 1)), signal);
}

async function sendParts({ upload, parts, part_size: size }, file, ask, onProgress, signal) {
  const tags = [];
  const links = [];
  for (let number = 1; number <= parts; number++) {
    if (!links.length) {
      // A few at a time: a link is good for some minutes, and a large file may take hours.
      const numbers = Array.from({ length: Math.min(10, parts - number + 1) }, (_, n) => number + n);
      links.push(...(await ask(`/${upload}/links`, { numbers })).links);
    }
    const begin = (number - 1) * size;
    const told = (sent) => onProgress(Math.min((begin + sent) / file.size, 1));
    tags.push(await sendPart(number, links.shift().url, file.slice(begin, begin + size), ask, upload, told, signal));
  }
  await ask(`/${upload}/complete`, { tags });
}

async function sendPart(number, url, part, ask, upload, told, signal) {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await send("PUT", url, part, told, signal);
      return answer.getResponseHeader("ETag");
    } catch (error) {
      if (tries === 3 || signal?.aborted) throw error;
      await pause(1000 * tries, signal);
      url = (await ask(`/${upload}/links`, { numbers: [number] })).links[0].url;
    }
  }
}

/** Not fetch, which does not tell how much was sent. */
function send(method, url, body, told, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open(method, url);
    request.upload.onprogress = (event) => told(event.loaded);
    request.onload = () =>
      request.status < 300 ? resolve(request) : reject(new Error(`Amazon S3 answered ${request.status}`));
    request.onerror = () => reject(new Error("Amazon S3 cannot be reached, or does not let this page in"));
    request.onabort = () => reject(new DOMException("the upload was ended", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", abort);
    signal?.addEventListener("abort", abort);
    request.send(body);
  });
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const ended = () => {
      clearTimeout(timer);
      reject(new DOMException("the upload was ended", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", ended);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", ended);
  });
}
