// The "try it out" section: prepares trouble for the next sign-up.
import { explain, fieldErrors, request } from './api.js';
import { names } from './words.js';

const byId = (id) => document.getElementById(id);
const plant = byId('plant');
const fault = byId('fault');

function report(form, problem, note) {
  byId(`${form.id}-error`).textContent = problem;
  byId(`${form.id}-note`).textContent = note;
}

function because(problem) {
  return [...fieldErrors(problem).values()].join('. ') || explain(problem);
}

async function plantUser() {
  const service = plant.elements.service.value;
  const userId = plant.elements.userId.value;
  const answer = await request('POST', '/demo/users', { service, userId });
  plant.elements.userId.setAttribute('aria-invalid', String(!answer.ok));
  if (answer.ok) report(plant, '', `${names[service]} has ${userId} now.`);
  else report(plant, because(answer.problem), '');
}

function described(service, delayMs, deaf) {
  if (deaf) return `${names[service]} is deaf now.`;
  return delayMs > 0 ? `${names[service]} answers after ${delayMs / 1000} s now.` : `${names[service]} is back to normal.`;
}

async function applyFault() {
  const service = fault.elements.service.value;
  const delayMs = Number(fault.elements.delayMs.value);
  const deaf = fault.elements.deaf.checked;
  const answer = await request('POST', '/demo/faults', { service, delayMs, deaf });
  if (answer.ok) report(fault, '', described(service, delayMs, deaf));
  else report(fault, because(answer.problem), '');
}

function showDelay() {
  const text = `${Number(fault.elements.delayMs.value) / 1000} s`;
  byId('delay-word').textContent = text;
  fault.elements.delayMs.setAttribute('aria-valuetext', text.replace('s', 'seconds'));
}

async function heal() {
  const answers = await Promise.all(['chat', 'customer'].map((service) =>
    request('POST', '/demo/faults', { service, delayMs: 0, deaf: false })));
  fault.elements.delayMs.value = 0;
  fault.elements.deaf.checked = false;
  showDelay();
  const failed = answers.find((answer) => !answer.ok);
  if (failed) report(fault, because(failed.problem), '');
  else report(fault, '', 'Chat and Customer are back to normal.');
}

function onSubmit(form, act) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}

export function prepareTrying(signup) {
  onSubmit(plant, plantUser);
  onSubmit(fault, applyFault);
  fault.elements.delayMs.addEventListener('input', showDelay);
  byId('heal').addEventListener('click', heal);
  signup.elements.userId.addEventListener('input', () => {
    plant.elements.userId.value = signup.elements.userId.value;
  });
  showDelay();
}
