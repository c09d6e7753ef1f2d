/** One operator's node: wires chain, store, engine and HTTP, starts them in order and stops them in reverse. */
import type { ChainReader, ChainSeat } from "../chain/chain-reader.ts";
import { ownSeat } from "../chain/seat.ts";
import type { Engine } from "../engine/engine.ts";
import type { PartyId } from "../math/party.ts";
import type { Store } from "../store/store.ts";
import { isPrivateShareQuestion } from "../wire/private-share-question.ts";
import type { NodeContext } from "./context.ts";
import { createHttpApp } from "./http.ts";
import { type HttpServer, listen } from "./http-server.ts";
import { type NodeKeys, publicIdentity } from "./keys.ts";
import type { Log } from "./log.ts";
import { PrivateInputs } from "./private-inputs.ts";
import { PrivateShareDesk } from "./private-share-desk.ts";
import { noRules } from "./programs.ts";
import { Requests } from "./requests.ts";
import { RowChecks } from "./row-checks.ts";
import type { RuleApprovals } from "./rule-approvals.ts";
import type { Settings } from "./settings.ts";
import { ShareDesk } from "./share-desk.ts";
import { ShareFetcher } from "./share-fetcher.ts";
import { UploadSlots } from "./upload-slots.ts";

export interface NodeParts {
  readonly settings: Settings;
  readonly keys: NodeKeys;
  readonly chain: ChainReader;
  readonly store: Store;
  readonly log: Log;
  /** What the operator's rules allow; nothing by default. */
  readonly rules?: RuleApprovals | undefined;
  readonly nowUnixMs?: () => number;
  /** Starts the engine for the seat that the chain gives this node, and the peers that it names. */
  readonly connect: (seat: PartyId, seats: readonly ChainSeat[]) => Promise<Engine>;
}

export interface RunningNode {
  readonly seat: PartyId;
  readonly epoch: bigint;
  readonly httpPort: number;
  /**
   * Resolves when the engine has come to an end by itself: every computation has failed, `stop` is all that is left to do.
   * The node is not repaired from within: it is started again, and `resume` picks up what the store says, by the one way
   * that every stop and power cut takes too. A new engine in the old node would be a second way, and one without the
   * memory of which sessions were open.
   */
  readonly crashed: Promise<Error>;
  /** Resolves when no request, socket, timer or file of the node is left. */
  stop(): Promise<void>;
}

/**
 * Starts a node. Throws a `ChainError` when the chain is another one or gives this node no seat; everything that was
 * handed over is closed then.
 */
export async function startNode(parts: NodeParts): Promise<RunningNode> {
  const { settings, keys, chain, store, log } = parts;
  let engine: Engine | undefined;
  let requests: Requests | undefined;
  let rowChecks: RowChecks | undefined;
  let desk: ShareDesk | undefined;
  let privateInputs: PrivateInputs | undefined;
  let http: HttpServer | undefined;
  const stopAll = async () => {
    await http?.close();
    await engine?.close();
    desk?.stop();
    await rowChecks?.stop();
    privateInputs?.stop();
    await requests?.stop();
    await parts.rules?.stop();
    chain.close();
    await store.close();
  };
  try {
    const identity = publicIdentity(keys);
    const { committeeId } = settings;
    const view = await chain.view();
    const epoch = await view.currentEpoch(committeeId);
    const seats = await view.seats(committeeId, epoch);
    const seat = ownSeat(seats, identity);
    engine = await parts.connect(seat, seats);
    const { promise: crashed, resolve: onCrash } = Promise.withResolvers<Error>();
    engine.onCrash = (error) => {
      log.fatal({ error }, "the engine has crashed: this node has to be started again");
      onCrash(error);
    };
    engine.onNote = ({ level, message, fields }) => log[level]({ ...fields }, message);

    const nowUnixMs = parts.nowUnixMs ?? Date.now;
    const context: NodeContext = {
      settings,
      keys,
      identity,
      committeeId,
      epoch,
      seat,
      chain,
      store,
      rules: parts.rules ?? noRules,
      engine,
      slots: new UploadSlots(store, settings),
      log,
      nowUnixMs,
    };
    const fetcher = new ShareFetcher(context);
    const checks = new RowChecks(context, fetcher);
    rowChecks = checks;
    const own = new Requests(context, fetcher, checks);
    requests = own;
    const openDesk = new ShareDesk(context);
    desk = openDesk;
    const privateDesk = new PrivateShareDesk(context);
    engine.onQuestion = (question, from) =>
      (isPrivateShareQuestion(question) ? privateDesk : openDesk).answer(question, from);
    engine.onAnnounce = (requestId, from) => own.nudge(requestId, from);
    const openInputs = new PrivateInputs(context);
    privateInputs = openInputs;
    http = await listen(createHttpApp(context, own, checks, openInputs), settings["http.host"], settings["http.port"]);
    await own.resume();
    parts.rules?.begin();

    log.info({ seat, committeeId: `${committeeId}`, epoch: `${epoch}`, port: http.port }, "node is up");
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= stopAll();
      return stopped;
    };
    return { seat, epoch, httpPort: http.port, crashed, stop };
  } catch (error) {
    await stopAll();
    throw error;
  }
}
