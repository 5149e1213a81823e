// Follows the newest sign-up or removal of one user to its end, whatever happens to the connection.
// EventSource comes back by itself after a broken connection, with the last id it saw; it gives up when it is answered
// with anything but a stream. Then this asks for the status and opens a new one, until the last event or a "no such user".
import { request, userPath } from './api.js';
import { isTerminal } from './words.js';

const firstDelay = 500;
const longestDelay = 8000;

export class Follower {
  #userId;
  #tell;
  #source = null;
  #timer = null;
  #delay = firstDelay;
  #lastId = -1;
  #ended = false;
  #wake = () => this.#hurry();

  // tell: {status(doc, id), connection('live' | 'lost' | 'ended'), unknown()}
  constructor(userId, tell) {
    this.#userId = userId;
    this.#tell = tell;
    addEventListener('online', this.#wake);
    addEventListener('pageshow', this.#wake);
    document.addEventListener('visibilitychange', this.#wake);
    this.#open();
  }

  stop() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#source?.close();
    removeEventListener('online', this.#wake);
    removeEventListener('pageshow', this.#wake);
    document.removeEventListener('visibilitychange', this.#wake);
  }

  #open() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = new EventSource(`${userPath(this.#userId)}/events`);
    this.#source = source;
    source.onopen = () => {
      this.#delay = firstDelay;
      this.#tell.connection('live');
    };
    source.onmessage = (event) => this.#take(event);
    source.onerror = () => {
      if (this.#ended) return;
      this.#tell.connection('lost');
      if (source.readyState === EventSource.CLOSED) this.#ask(source);
    };
  }

  // A new EventSource starts from the beginning: what was seen already is passed over.
  #take(event) {
    const id = Number(event.lastEventId);
    if (this.#ended || id <= this.#lastId) return;
    this.#lastId = id;
    const doc = JSON.parse(event.data);
    if (isTerminal(doc)) this.stop();
    this.#tell.status(doc, id);
    if (isTerminal(doc)) this.#tell.connection('ended');
  }

  async #ask(source) {
    const answer = await request('GET', `${userPath(this.#userId)}/status`);
    if (this.#ended || this.#source !== source) return;
    if (answer.status === 404) {
      this.stop();
      this.#tell.unknown();
      return;
    }
    if (answer.ok) this.#tell.status(answer.body, null);
    this.#timer = setTimeout(() => this.#open(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, longestDelay);
  }

  // The network or the reader is back: do not sit out the delay.
  #hurry() {
    if (document.visibilityState === 'visible' && this.#source.readyState === EventSource.CLOSED) this.#open();
  }
}
