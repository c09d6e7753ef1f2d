/** What a corrupt node does otherwise than an honest one, and how it comes between an engine and its transport. */
import { createHmac } from "node:crypto";
import { type SessionKind, sessionIdOf } from "@sharebridge/mpc-nodes/engine/session-id.ts";
import type { SessionOpeners } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { equalBytes } from "@sharebridge/mpc-nodes/math/bytes.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { SIGNATURE_BYTES, type Signer } from "@sharebridge/mpc-nodes/protocol/signer.ts";
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { decodeStatus, isStatusQuestion } from "@sharebridge/mpc-nodes/wire/status-question.ts";
import type { TestHooks } from "../../suites/engine.suite.ts";
import { requestIdOf } from "./support.ts";

export interface SessionName {
  /** Of a request that the same parties have computed before. */
  readonly earlier: boolean;
  readonly attempt: number;
  readonly kind: SessionKind;
}

/** What the culprit answers about a request in place of what it honestly would; a rejection refuses. */
export type StatusAttack = (honest: Uint8Array, from: PartyId) => Promise<Uint8Array>;

/** It keeps to itself that it has the answer. */
export const keepsTheAnswer: StatusAttack = async (honest) => {
  if (decodeStatus(honest).kind === "answered") throw new Error("not for you");
  return honest;
};

/** What the culprit does otherwise than an honest party. */
export interface Attack {
  /** Stands between it and its sessions. */
  readonly network?: (network: Network, session: SessionName, signer: Signer) => Network;
  readonly hooks?: (hooks: TestHooks) => void;
  readonly status?: StatusAttack;
  readonly openers?: Partial<SessionOpeners>;
  /** Its transport closes when it has sent so many messages in the session of an attempt. */
  readonly dies?: { readonly attempt: number; readonly messages: number };
  /** It leaves its sessions open for so many milliseconds more. */
  readonly closesAfterMs?: number;
  /** It never computes; its transport is there, or closed from the start. */
  readonly absent?: "idle" | "closed";
}

/** `object`, with some of its members replaced. */
export function overridden<T extends object>(object: T, members: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const own = Reflect.get(members, name) ?? Reflect.get(target, name, target);
      return typeof own === "function" && !(name in members) ? own.bind(target) : own;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

/** All sessions that a request can have, by id. */
export function namesOf(label: string, earlier: boolean): [string, SessionName][] {
  const names = [0, 1, 2].flatMap((attempt) =>
    (["compute", "settle"] as const).map((kind) => ({ earlier, attempt, kind })),
  );
  const requestId = requestIdOf(label);
  return names.map((name) => [sessionIdOf(requestId, name.attempt, name.kind), name]);
}

export const earlierThan = (label: string): string => `earlier than ${label}`;

/**
 * In place of Ed25519, which takes longer than all else: whoever signs is the party that the transport says. A culprit is given
 * its own alone.
 */
function fastSigner(own: PartyId): Pick<Signer, "sign" | "verify"> {
  const signed = (party: PartyId, bytes: Uint8Array): Uint8Array => {
    const mac = createHmac("sha256", `signer ${party}`).update(bytes).digest();
    return Buffer.concat([mac, mac, mac, mac]).subarray(0, SIGNATURE_BYTES);
  };
  return {
    sign: (bytes) => signed(own, bytes),
    verify: (party, bytes, signature) => equalBytes(signed(party, bytes), signature),
  };
}

/** A transport that knows which of its sessions are open, and through which an attack reaches. */
export function watched(
  transport: Transport,
  names: ReadonlyMap<string, SessionName>,
  open: Set<string>,
  attack: Attack,
): Transport {
  const through: Transport = overridden(transport, {
    ...fastSigner(transport.party),
    async openSession(sessionId, ...rest) {
      const network = await transport.openSession(sessionId, ...rest);
      const name = names.get(sessionId)!;
      open.add(`${transport.party} ${name.kind} ${name.attempt}`);
      const { dies } = attack;
      if (dies?.attempt === name.attempt && name.kind === "compute") {
        let sent = 0;
        return overridden(network, {
          send(to, payload) {
            if (sent++ === dies.messages) void transport.close();
            network.send(to, payload);
          },
        });
      }
      return attack.network?.(network, name, through) ?? network;
    },
    closeSession(sessionId, reason) {
      const name = names.get(sessionId)!;
      open.delete(`${transport.party} ${name.kind} ${name.attempt}`);
      if (attack.closesAfterMs === undefined) transport.closeSession(sessionId, reason);
      else later(attack.closesAfterMs, () => transport.closeSession(sessionId, reason));
    },
  });
  const { status } = attack;
  if (status === undefined) return through;
  return new Proxy(through, {
    get: (target, name) => Reflect.get(target, name, target),
    set(target, name, value) {
      if (name !== "onQuestion") return Reflect.set(target, name, value, target);
      target.onQuestion = async (question, from) => {
        const honest = await value(question, from);
        return isStatusQuestion(question) ? status(honest, from) : honest;
      };
      return true;
    },
  });
}

/** An attack that changes what it sends in some sessions, `index` being the number of the message to that peer. */
export const sendsIn = (
  which: (name: SessionName) => boolean,
  send: (to: PartyId, payload: Uint8Array, index: number, pass: (payload: Uint8Array) => void) => void,
): { network(network: Network, name: SessionName): Network } => ({
  network: (network, name) => (which(name) ? sending(network, send) : network),
});

export const isFirst = ({ earlier, attempt, kind }: SessionName) => !earlier && attempt === 0 && kind === "compute";

/** Says nothing to one party in the first attempt, so that the settlement names the two of them. */
export const silentTo = (victim: PartyId): ReturnType<typeof sendsIn> =>
  sendsIn(isFirst, (to, payload, _index, pass) => to !== victim && pass(payload));

/** Passes something on after a while, if the session is still open then. */
export function later(ms: number, pass: () => void): void {
  setTimeout(() => {
    try {
      pass();
    } catch {
      // The session is closed: nothing is sent.
    }
  }, ms).unref();
}

/** Does something else with what it sends, by the number of the message to that peer. */
function sending(
  network: Network,
  send: (to: PartyId, payload: Uint8Array, index: number, pass: (payload: Uint8Array) => void) => void,
): Network {
  const counts = [0, 0, 0, 0];
  return overridden(network, {
    send: (to, payload) => send(to, payload, counts[to]++, (passed) => network.send(to, passed)),
  });
}
