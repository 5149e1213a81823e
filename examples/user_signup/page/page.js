// The page's controller: the form, and whose sign-up is on screen. The URL's fragment remembers that over a reload.
import { explain, fieldErrors, request, userPath } from './api.js';
import { Follower } from './follower.js';
import { prepareTrying } from './try.js';
import { showConnection, showForm, showRun, showStatus } from './view.js';
import { sentence } from './words.js';

const byId = (id) => document.getElementById(id);
const form = byId('signup');
const fields = ['userId', 'userPw', 'email', 'userName'];

let follower = null;

const remembered = () => new URLSearchParams(location.hash.slice(1)).get('user');

function remember(userId) {
  const fragment = userId === null ? location.pathname : `#${new URLSearchParams({ user: userId })}`;
  history.replaceState(null, '', fragment);
}

function toForm() {
  follower?.stop();
  remember(null);
  showForm();
}

function follow(userId, doing) {
  follower?.stop();
  remember(userId);
  showRun(userId, doing);
  follower = new Follower(userId, {
    status: showStatus,
    connection: showConnection,
    unknown: () => {
      toForm();
      byId('problem').textContent = `No sign-up of ${userId} is known here.`;
    },
  });
}

function showErrors(errors) {
  for (const name of fields) {
    form.elements[name].setAttribute('aria-invalid', String(errors.has(name)));
    byId(`${name}-error`).textContent = sentence(errors.get(name) ?? '');
  }
  const first = fields.find((name) => errors.has(name));
  if (first) form.elements[first].focus();
}

function showProblem(problem) {
  const errors = fieldErrors(problem);
  showErrors(errors);
  const placed = errors.size > 0 && [...errors.keys()].every((name) => fields.includes(name));
  byId('problem').textContent = placed ? '' : explain(problem);
}

async function signUp(event) {
  event.preventDefault();
  if (byId('submit').disabled) return;
  const user = Object.fromEntries(fields.map((name) => [name, form.elements[name].value]));
  byId('submit').disabled = true;
  byId('problem').textContent = '';
  const answer = await request('POST', '/user', user);
  byId('submit').disabled = false;
  if (!answer.ok) return showProblem(answer.problem);
  showErrors(new Map());
  form.elements.userPw.value = '';
  follow(user.userId, 'Signing up');
  byId('headline').focus();
}

async function removeUser() {
  const userId = remembered();
  byId('outcome-problem').textContent = '';
  const answer = await request('DELETE', userPath(userId));
  if (!answer.ok) {
    byId('outcome-problem').textContent = explain(answer.problem);
    return;
  }
  follow(userId, 'Removing');
  byId('headline').focus();
}

function fillExample() {
  const number = 1000 + Math.floor(Math.random() * 9000);
  const example = { userId: `ada-${number}`, userPw: 'analytical engine', email: `ada-${number}@example.org`, userName: 'Ada Lovelace' };
  for (const name of fields) form.elements[name].value = example[name];
  form.elements.userId.dispatchEvent(new Event('input', { bubbles: true }));
  showErrors(new Map());
  byId('submit').focus();
}

function reveal() {
  const shown = form.elements.userPw.type === 'text';
  form.elements.userPw.type = shown ? 'password' : 'text';
  byId('reveal').setAttribute('aria-pressed', String(!shown));
}

// Other fragments (the skip link's) change nothing.
function fromAddress() {
  const userId = remembered();
  if (userId) follow(userId, 'Following');
}

form.addEventListener('submit', signUp);
byId('example').addEventListener('click', fillExample);
byId('reveal').addEventListener('click', reveal);
byId('remove').addEventListener('click', removeUser);
byId('login').addEventListener('click', () => {
  byId('login-note').textContent = `The account of ${remembered()} is ready. Logging in belongs to the product around this demo.`;
});
for (const id of ['again', 'fresh']) {
  byId(id).addEventListener('click', () => {
    if (id === 'fresh') form.reset();
    byId('problem').textContent = '';
    toForm();
    form.elements.userId.focus();
  });
}
addEventListener('hashchange', fromAddress);
prepareTrying(form);
showForm();
fromAddress();
