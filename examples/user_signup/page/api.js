// Requests to the service. Every answer becomes {ok, status, body, problem}; nothing here throws.
import { sentence } from './words.js';

const unreachable = {
  title: 'The service can’t be reached',
  detail: 'nothing is lost, try again in a moment. A sign-up sent twice is still one sign-up',
};

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

export async function request(method, path, body) {
  const options = { method, headers: { Accept: 'application/json, application/problem+json' }, cache: 'no-store' };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    return { ok: false, status: 0, body: null, problem: unreachable };
  }
  const answer = await readJson(response);
  if (response.ok) return { ok: true, status: response.status, body: answer, problem: null };
  const problem = answer ?? { title: `The service answered ${response.status}`, detail: response.statusText };
  return { ok: false, status: response.status, body: null, problem };
}

export const userPath = (userId) => `/user/${encodeURIComponent(userId)}`;

// One sentence for a problem document.
export function explain(problem) {
  const parts = [problem.title, problem.detail].filter(Boolean).map((s) => s.trim().replace(/[.:]$/, ''));
  return `${sentence([...new Set(parts)].join(': '))}.`;
}

// The errors of a 400: a map from field name to what is expected.
export function fieldErrors(problem) {
  const found = new Map();
  for (const { pointer, detail } of problem.errors ?? []) found.set(pointer.replace(/^#?\//, ''), detail);
  return found;
}
