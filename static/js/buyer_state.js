/** What the buyer's page knows about the talk, folded from the event log; no drawing here. */

export class Talk {
  constructor() {
    this.session = null; // BuyerSession, or null when none is open
    this.receipts = { buyer: { delivered: 0, read: 0 }, shop: { delivered: 0, read: 0 } };
    this.sessions = new Map(); // id -> {id, agent, agentSeq, rated, closed}
    this.typing = null;
    this.pictures = new Map(); // nickname -> link, of agents that the server has told of
  }

  /** Take one event of the log, in any order: history pages come newest first. */
  remember(event) {
    const known = this.sessions.get(event.session) ?? { id: event.session, agent: null, agentSeq: 0, rated: null };
    this.sessions.set(event.session, known);
    if (event.kind === "session.assigned" && event.seq > known.agentSeq) {
      Object.assign(known, { agent: event.data.agent, agentSeq: event.seq });
    }
    if (event.kind === "session.rated") known.rated = event.data;
    if (event.kind === "session.closed") known.closed = true;
    if (event.message?.sender.kind === "agent") known.human = true;
  }

  /** Take the newest event: it changes the open session too. */
  advance(event) {
    this.remember(event);
    const change = CHANGES[event.kind];
    if (change) change(this, event);
    if (event.message?.kind === "rating_card" && this.session) this.session.invited = true;
    if (event.message?.sender.kind === "agent") this.typing = null;
  }

  /** Take what the server says about the newest session, open or closed. */
  settle(session, receipts) {
    if (receipts) this.receipts = receipts;
    this.session = session && session.state !== "closed" ? session : null;
    if (!session) return;
    const known = this.sessions.get(session.id) ?? { id: session.id, agent: null, agentSeq: 0, rated: null };
    this.sessions.set(session.id, known);
    known.agent = session.agent ?? known.agent;
    if (session.agent) this.pictures.set(session.agent, session.avatar);
    if (session.rated) known.rated ??= {};
  }

  /** Whether nothing is left to rate: who rated the assistant may rate the person who answered later (E6). */
  isRated(id) {
    const known = this.sessions.get(id);
    return Boolean(known?.rated && (known.rated.agent || !known.human));
  }

  place(frame) {
    if (this.session?.id === frame.session) this.session.place = frame.place;
  }

  /** The session that a rating from the menu is about: the open one, else the latest; null if it has been rated. */
  get rateable() {
    const id = this.session?.id ?? Math.max(0, ...this.sessions.keys());
    const known = this.sessions.get(id);
    return known && !this.isRated(id) ? known : null;
  }
}

const CHANGES = {
  "session.opened": (talk, event) => {
    // With the bot, in the queue or with an agent: the next event or the server tells.
    talk.session = { id: event.session, state: "opened", agent: null, place: null, rated: false, invited: false };
  },
  "session.queued": (talk, event) => {
    talk.session = { ...talk.session, id: event.session, state: "queued", agent: null, place: null };
  },
  "session.assigned": (talk, event) => {
    talk.session = { ...talk.session, id: event.session, state: "assigned", agent: event.data.agent, place: null };
  },
  "session.closed": (talk, event) => {
    if (talk.session?.id === event.session) talk.session = null;
    talk.typing = null;
  },
  "session.reopened": (talk, event) => {
    talk.session = { id: event.session, state: "assigned", agent: talk.sessions.get(event.session)?.agent ?? null, place: null };
  },
  "session.rated": (talk, event) => {
    if (talk.session?.id === event.session) talk.session.rated = true;
  },
};
