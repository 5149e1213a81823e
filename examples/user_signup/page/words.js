// What a status document means, in words and colours. No page and no network here.

export const services = ['user', 'chat', 'customer'];
export const names = { user: 'User', chat: 'Chat', customer: 'Customer' };

const adding = {
  user: { PENDING: 'creating', SUCCESS: 'created', FAIL: 'not created' },
  chat: { PENDING: 'waiting', SUCCESS: 'added', FAIL: 'refused', ROLLED_BACK: 'undone' },
};
const removing = {
  user: { PENDING: 'removing', SUCCESS: 'removed', FAIL: 'not removed' },
  chat: { PENDING: 'waiting', SUCCESS: 'removed', FAIL: 'refused', ROLLED_BACK: 'put back' },
};

export const isRemoval = (doc) => doc.userStatus.startsWith('USER_DELETE');
export const isTerminal = (doc) => /_(COMPLETE|FAIL)$/.test(doc.userStatus);

// The colour of each light: {user, chat, customer} of PENDING, SUCCESS, FAIL or ROLLED_BACK.
export function lightsOf(doc) {
  const ended = /_(COMPLETE|FAIL)$/.exec(doc.userStatus);
  const user = !ended ? 'PENDING' : ended[1] === 'COMPLETE' ? 'SUCCESS' : 'FAIL';
  return { user, chat: doc.chatStatus, customer: doc.customerStatus };
}

export function wordFor(doc, service) {
  const status = lightsOf(doc)[service];
  if (service !== 'user' && status === 'PENDING' && isTerminal(doc)) return 'left as it was';
  const words = isRemoval(doc) ? removing : adding;
  return words[service === 'user' ? 'user' : 'chat'][status] ?? status;
}

export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const listed = (items) => items.join(' and ');
const having = (doc, status) => services.slice(1).filter((s) => lightsOf(doc)[s] === status).map((s) => names[s]);
const because = (doc) => (doc.reason ? ` The reason given: “${doc.reason}”.` : '');

// Headline and story for a document: {tone, headline, story}.
export function tell(doc) {
  if (isRemoval(doc)) return tellRemoval(doc);
  const refused = having(doc, 'FAIL');
  if (doc.userStatus === 'USER_INSERT_COMPLETE') {
    const story = refused.length === 0
      ? 'The account is ready in all three services.'
      : `The account is ready. ${listed(refused)} refused to add it and kept what was there.${because(doc)}`;
    return { tone: 'SUCCESS', headline: `Welcome, ${doc.userId}`, story };
  }
  if (doc.userStatus === 'USER_INSERT_FAIL') {
    const who = refused.length === 0 ? 'The sign-up could not be finished.' : `${listed(refused)} refused.`;
    return { tone: 'FAIL', headline: `${doc.userId} was not signed up`, story: `${who}${because(doc)} Whatever had been added was taken out again.` };
  }
  return refused.length === 0
    ? { tone: 'PENDING', headline: `Signing up ${doc.userId}`, story: 'You can close or reload this page; the sign-up goes on.' }
    : { tone: 'PENDING', headline: `Signing up ${doc.userId}`, story: `${listed(refused)} refused.${because(doc)}` };
}

function tellRemoval(doc) {
  if (doc.userStatus === 'USER_DELETE_COMPLETE') {
    return { tone: 'SUCCESS', headline: `${doc.userId} was removed`, story: 'No service holds this account any more.' };
  }
  if (doc.userStatus === 'USER_DELETE_FAIL') {
    return { tone: 'FAIL', headline: `${doc.userId} was not removed`, story: `The account is as it was.${because(doc)}` };
  }
  return { tone: 'PENDING', headline: `Removing ${doc.userId}`, story: 'You can close or reload this page; the removal goes on.' };
}

// Said when nothing has come for a while.
export function patience(doc) {
  const waiting = having(doc, 'PENDING');
  if (waiting.length === 0) return 'This takes longer than usual. Nothing is lost.';
  return `${listed(waiting)} ${waiting.length === 1 ? 'has' : 'have'} not answered yet. Nothing is lost: it goes on as soon as ${waiting.length === 1 ? 'it does' : 'they do'}.`;
}
