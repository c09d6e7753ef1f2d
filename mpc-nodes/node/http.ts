/** The node's HTTP side: seven routes under /v1. Everything it answers is public, or sealed to the buyer. */
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from "express";
import { BODY_LINGER_MS, MAX_PRIVATE_UPLOAD_BYTES, MAX_REQUEST_BODY_BYTES, MAX_UPLOAD_BYTES } from "../wire/limits.ts";
import { BODY_PACE, type BodyPace } from "./body-reader.ts";
import type { NodeContext } from "./context.ts";
import { Datasets } from "./datasets.ts";
import { httpStatuses, NodeError } from "./errors.ts";
import { confirmExhaustion } from "./exhaustion.ts";
import { discardRest, openBody, readBody, singleMember } from "./http-body.ts";
import type { Log } from "./log.ts";
import { releaseOpening } from "./openings.ts";
import type { PrivateInputs } from "./private-inputs.ts";
import { giveReceipt } from "./receipts.ts";
import type { Requests } from "./requests.ts";
import type { RowChecks } from "./row-checks.ts";

const JSON_TYPE = "application/json";
const BYTES_TYPE = "application/octet-stream";
/** Seconds after which a 429 or 503 may be different. */
const RETRY_AFTER_S = "1";

/** @param pace How fast bodies must come. */
export function createHttpApp(
  context: NodeContext,
  requests: Requests,
  rowChecks: Pick<RowChecks, "validRowsOf">,
  privateInputs: PrivateInputs,
  pace: BodyPace = BODY_PACE,
): Express {
  const { settings, log } = context;
  const datasets = new Datasets(context);
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((_request, response, next) => {
    response.set({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    next();
  });

  app.get("/v1/info", (_request, response) => {
    const { identity, chain, committeeId, epoch, seat } = context;
    const { signer, sealingKey } = identity;
    // Known before a dataset is registered, so that nobody pays for one that this node refuses.
    const maxUploadBytes = Math.min(settings.maxUploadBytes, MAX_UPLOAD_BYTES);
    send(response, 200, { signer, sealingKey, chainId: chain.chainId, committeeId, epoch, seat, maxUploadBytes });
  });

  app.put("/v1/datasets/:datasetId", async (request, response) => {
    const body = openBody(request, BYTES_TYPE, settings.maxUploadBytes, pace);
    send(response, 201, await datasets.upload(request.params.datasetId, body));
  });

  app.post("/v1/datasets/:datasetId/receipts", async (request, response) => {
    const market = await member(request, "market", pace);
    send(response, 200, await giveReceipt(context, rowChecks, request.params.datasetId, market));
  });

  app.post("/v1/datasets/:datasetId/exhaustion", async (request, response) => {
    const market = await member(request, "market", pace);
    send(response, 200, await confirmExhaustion(context, request.params.datasetId, market));
  });

  app.put("/v1/private-inputs/:commitment", async (request, response) => {
    const body = await readBody(request, JSON_TYPE, MAX_PRIVATE_UPLOAD_BYTES, pace);
    send(response, 201, await privateInputs.upload(request.params.commitment, body));
  });

  app.post("/v1/requests", async (request, response) => {
    send(response, 202, await requests.consider(await member(request, "requestId", pace)));
  });

  app.get("/v1/requests/:requestId", async (request, response) => {
    send(response, 200, await requests.report(request.params.requestId));
  });

  app.get("/v1/requests/:requestId/opening", async (request, response) => {
    send(response, 200, await releaseOpening(context, request.params.requestId));
  });

  app.use(() => {
    throw new NodeError("NotFound", "there is nothing at this address");
  });
  app.use(errorMapper(log));
  return app;
}

async function member(request: Request, name: string, pace: BodyPace): Promise<string> {
  return singleMember(await readBody(request, JSON_TYPE, MAX_REQUEST_BODY_BYTES, pace), name);
}

/** JSON with big integers as decimal strings. */
function send(response: Response, status: number, body: unknown): void {
  const text = JSON.stringify(body, (_name, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  response.status(status).type("json").send(text);
}

/** Errors of ours by their table; everything else is `Internal`, and stays in the log. */
function errorMapper(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    discardRest(request, BODY_LINGER_MS);
    const code = (error as { code?: unknown }).code;
    const status = typeof code === "string" && Object.hasOwn(httpStatuses, code) ? httpStatuses[code] : undefined;
    if (status === 429 || status === 503) response.set("retry-after", RETRY_AFTER_S);
    if (status !== undefined && status !== 500) {
      log.debug({ method: request.method, path: request.path, error }, "refused");
      return send(response, status, { error: { code, message: (error as Error).message } });
    }
    if ((error as { status?: unknown }).status === 400) {
      return send(response, 400, { error: { code: "Malformed", message: "the address is not well-formed" } });
    }
    log.error({ method: request.method, path: request.path, error }, "internal error");
    send(response, 500, {
      error: { code: "Internal", message: "the node failed inside; its operator finds the reason in its log" },
    });
  };
}
