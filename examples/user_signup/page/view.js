// Draws status documents: the lights, the events, the outcome. Knows the page's elements, not the network.
import { isTerminal, lightsOf, names, patience, sentence, services, tell, wordFor } from './words.js';

const patienceAfter = 6000;
const byId = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23',
});

let last = null;
let impatient = null;

function shape(status) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#shape-${status}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function setLight(service, status, word, settled) {
  const light = byId(`light-${service}`);
  const changed = light.dataset.status !== status;
  light.classList.toggle('settled', settled);
  light.classList.toggle('changed', changed);
  light.setAttribute('aria-label', `${names[service]}: ${word}`);
  light.querySelector('.word').textContent = sentence(word);
  if (!changed) return;
  light.dataset.status = status;
  light.querySelector('use').setAttribute('href', `#shape-${status}`);
}

function addEvent(doc, id) {
  const before = last && lightsOf(last);
  const chips = services.map((service) => {
    const status = lightsOf(doc)[service];
    const chip = element('span', 'chip', shape(status), `${names[service]} ${wordFor(doc, service)}`);
    chip.dataset.status = status;
    chip.classList.toggle('new', before !== null && before[service] !== status);
    return chip;
  });
  const now = new Date();
  const time = element('time', '', clock.format(now));
  time.dateTime = now.toISOString();
  const row = element('li', '', element('span', 'says', ...chips), element('span', 'when', `#${id} · `, time));
  if (doc.reason && doc.reason !== last?.reason) row.append(element('span', 'why', `Reason: ${doc.reason}`));
  row.dataset.eventId = id;
  byId('events').append(row);
  byId('no-events').hidden = true;
}

function announce(doc) {
  const before = last && lightsOf(last);
  const now = lightsOf(doc);
  const changes = services.filter((s) => before?.[s] !== now[s]).map((s) => `${names[s]}: ${wordFor(doc, s)}.`);
  const end = isTerminal(doc) ? [`${tell(doc).headline}. ${tell(doc).story}`] : [];
  const said = [...changes, ...end].join(' ');
  if (said !== byId('announcement').textContent) byId('announcement').textContent = said;
}

function setOutcome({ tone, headline, story }) {
  byId('outcome').dataset.status = tone;
  byId('seal').setAttribute('href', `#shape-${tone}`);
  byId('headline').textContent = headline;
  byId('story').textContent = story;
  document.title = headline;
}

function showOutcome(doc) {
  setOutcome(tell(doc));
  const done = doc.userStatus;
  byId('login').hidden = done !== 'USER_INSERT_COMPLETE' && done !== 'USER_DELETE_FAIL';
  byId('remove').hidden = byId('login').hidden;
  byId('again').hidden = done !== 'USER_INSERT_FAIL';
  byId('patience').hidden = true;
  clearTimeout(impatient);
  if (isTerminal(doc)) return;
  impatient = setTimeout(() => {
    byId('patience').textContent = patience(doc);
    byId('patience').hidden = false;
  }, patienceAfter);
}

// One status document, as event `id` (null: learnt without an event).
export function showStatus(doc, id) {
  for (const service of services) setLight(service, lightsOf(doc)[service], wordFor(doc, service), isTerminal(doc));
  announce(doc);
  showOutcome(doc);
  if (id === null) return;
  addEvent(doc, id);
  last = doc;
}

const connectionWords = { none: 'Not connected', opening: 'Connecting', live: 'Live', lost: 'Reconnecting', ended: 'Finished' };

export function showConnection(state) {
  const pill = byId('connection');
  if (pill.dataset.connection === state) return;
  pill.dataset.connection = state;
  byId('connection-word').textContent = connectionWords[state];
  if (state === 'lost') byId('announcement').textContent = 'Connection lost. Reconnecting.';
}

function clearRun() {
  last = null;
  clearTimeout(impatient);
  byId('events').replaceChildren();
  byId('no-events').hidden = false;
  byId('outcome-problem').textContent = '';
  byId('login-note').textContent = '';
  byId('patience').hidden = true;
}

// The form, with the lights at rest.
export function showForm() {
  clearRun();
  for (const service of services) setLight(service, 'IDLE', 'ready', true);
  showConnection('none');
  byId('announcement').textContent = '';
  byId('outcome').hidden = true;
  byId('ask').hidden = false;
  document.title = byId('title').textContent;
}

// A sign-up or a removal of `userId` that is followed from now on; `doing` says which, if it is known.
export function showRun(userId, doing) {
  clearRun();
  for (const id of ['login', 'remove', 'again']) byId(id).hidden = true;
  setOutcome({ tone: 'PENDING', headline: `${doing} ${userId}`, story: 'You can close or reload this page; it goes on.' });
  for (const service of services) setLight(service, 'IDLE', 'ready', false);
  showConnection('opening');
  byId('ask').hidden = true;
  byId('outcome').hidden = false;
}
