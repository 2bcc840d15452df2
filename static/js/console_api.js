/** The agent's REST calls (docs/wire.md). Whatever goes wrong becomes a WireError with the server's words. */

import { WireError } from "./live.js";
import { askToSignIn } from "./signed_out.js";

const ROOT = "/api/v1/";
const PATIENCE = 5;

function csrf() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : (document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
}

function problem(status, body, retryAfter) {
  if (status === 401) askToSignIn();
  const { code = "failed", detail = "", ...more } = body ?? {};
  const seconds = Number(retryAfter) || 0;
  return new WireError(code, detail, { ...more, status, retry_after: seconds, retryable: status >= 500 || status === 429 });
}

async function once(method, path, body, signal) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrf();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(ROOT + path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new WireError("offline", "", { retryable: true });
  }
  const content = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return content;
  throw problem(answer.status, content, answer.headers.get("Retry-After"));
}

const reading = new Map(); // session -> what is being read of it

/** Stop reading of a session that is not ours any more: all that could come is a refusal. */
export function stopReading(session) {
  for (const one of reading.get(String(session)) ?? []) one.abort();
}

/** Read; a path of a session ends with code "left" when that session goes. */
export async function get(path, query = {}, { signal } = {}) {
  const session = /\/sessions\/(\d+)/.exec(path)?.[1];
  if (!session || signal) return patiently(path, query, signal);
  const stop = new AbortController();
  const all = reading.get(session) ?? new Set();
  reading.set(session, all.add(stop));
  try {
    const answer = await patiently(path, query, stop.signal).catch((error) => {
      if (!stop.signal.aborted) throw error;
    });
    if (stop.signal.aborted) throw new WireError("left", "", { retryable: false });
    return answer;
  } finally {
    all.delete(stop);
    if (!all.size) reading.delete(session);
  }
}

/** Try once more when the server asks to wait a little. */
async function patiently(path, query, signal) {
  const filled = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const full = filled.length ? `${path}?${new URLSearchParams(filled)}` : path;
  try {
    return await once("GET", full, undefined, signal);
  } catch (error) {
    if (!error.retry_after || error.retry_after > PATIENCE) throw error;
    await new Promise((resolve) => setTimeout(resolve, error.retry_after * 1000));
    return once("GET", full, undefined, signal);
  }
}

/** Post; hand over each line of an answer that comes bit by bit (docs/wire.md). `signal` ends it. */
export async function postLines(path, body, { signal, online }) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() };
  const answer = await fetch(ROOT + path, { method: "POST", headers, signal, body: JSON.stringify(body) });
  if (!answer.ok) throw problem(answer.status, await answer.json().catch(() => null), null);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (rest + piece.value).split("\n");
    rest = lines.pop();
    for (const line of lines) online(JSON.parse(line));
  }
}

export const post = (path, body = {}) => once("POST", path, body);
export const patch = (path, body) => once("PATCH", path, body);
export const remove = (path) => once("DELETE", path);

/** Send a file, telling how much of it has gone (0 to 1); fetch cannot tell, the older call can. */
export function upload(path, file, onprogress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ROOT + path);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onprogress(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300) resolve(request.response);
      else reject(problem(request.status, request.response, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(new WireError("offline", "", { retryable: true }));
    const form = new FormData();
    form.append("file", file, file.name || "file");
    request.send(form);
  });
}
