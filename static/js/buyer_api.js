/** The buyer's REST calls (docs/wire.md, "Buyer, REST"); every failure is a WireError. */

import { WireError } from "./live.js";

const ROOT = "/api/v1/buyer/";

export class BuyerApi {
  constructor(token = null) {
    this.token = token;
    this.onexpired = () => {};
  }

  /** Come in; a visitor's secret is in a cookie of this site where there is one. */
  entry(body) {
    return this.#call("POST", "entry", body, "same-origin");
  }

  events(query) {
    return this.#call("GET", `events?${new URLSearchParams(query)}`);
  }

  pushKey() {
    return this.#call("GET", "push");
  }

  post(path, body) {
    return this.#call("POST", path, body);
  }

  /** Upload a picture or video; `onprogress` gets 0…1, `signal` stops it. */
  upload(file, { onprogress, signal }) {
    // fetch() tells nothing about the progress of what it sends
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${ROOT}attachments`);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.responseType = "json";
      request.timeout = 300_000;
      request.upload.onprogress = (event) => event.lengthComputable && onprogress(event.loaded / event.total);
      request.onload = () => {
        if (request.status === 201) resolve(request.response);
        else reject(this.#failure(request.status, request.response, request.getResponseHeader("Retry-After")));
      };
      request.onerror = request.ontimeout = () => reject(new WireError("offline"));
      request.onabort = () => reject(new WireError("cancelled"));
      signal.addEventListener("abort", () => request.abort());
      const form = new FormData();
      form.append("file", file, file.name || "file");
      request.send(form);
    });
  }

  async #call(method, path, body, credentials = "omit") {
    const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
    const token = path === "entry" ? null : this.token;
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(ROOT + path, {
        method, headers, body: body ? JSON.stringify(body) : undefined,
        credentials, cache: "no-store", signal: limit(20_000),
      });
    } catch {
      throw new WireError("offline");
    }
    const answer = await response.json().catch(() => null);
    if (response.ok) return answer;
    if (response.status === 401 && token && token !== this.token) return this.#call(method, path, body); // a newer one came
    throw this.#failure(response.status, answer, response.headers.get("Retry-After"), token);
  }

  #failure(status, answer, after, token = this.token) {
    if (status === 401 && token) this.onexpired();
    const retryable = status >= 500 || status === 429;
    const code = answer?.code ?? (retryable ? "busy" : "failed");
    return new WireError(code, answer?.detail ?? "", { status, retryable, retry_after: Number(after) || 0, until: answer?.until });
  }
}

function limit(ms) {
  return AbortSignal.timeout ? AbortSignal.timeout(ms) : undefined;
}
