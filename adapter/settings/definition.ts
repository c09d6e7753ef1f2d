/** Every setting of the adapter, read from the environment variable of the same name. The README's table is tested against this. */
import type { SettingsDefinitionMap } from "@chainlink/external-adapter-framework/config/index.js";
import { validator } from "@chainlink/external-adapter-framework/validation/utils.js";

const milliseconds = (max: number) => validator.integer({ min: 1, max });
const minute = 60_000;
const day = 24 * 60 * minute;

export const settingsDefinition = {
  RPC_URL: {
    description: "JSON-RPC endpoint of the chain that the markets are on",
    type: "string",
    required: true,
    sensitive: true,
    validate: validator.url(),
  },
  CHAIN_ID: {
    description: "Id of that chain; an RPC endpoint that serves another is refused",
    type: "number",
    required: true,
    validate: validator.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  },
  FACTORY_ADDRESS: {
    description: "Address of the DataMarketFactory; requests of other contracts are unknown",
    type: "string",
    required: true,
    sensitive: false,
  },
  COMMITTEE_IDS: {
    description: "Committees served, comma separated; the adapter calls the endpoints of no other committee",
    type: "string",
    required: true,
    sensitive: false,
  },
  DATA_DIR: {
    description: "Folder of the delivery queue (created with mode 0700); it holds resume URLs, which are secrets",
    type: "string",
    required: true,
    sensitive: false,
  },
  RESUME_ALLOWED_ORIGINS: {
    description:
      "Origins of Chainlink nodes that answers may be sent to, comma separated, e.g. http://chainlink:6688; empty refuses asynchronous requests",
    type: "string",
    default: "",
    sensitive: false,
  },
  REQUIRED_AUTHORIZATION: {
    description:
      "Authorization header that callers must send, e.g. Bearer and 32 random characters; empty asks for none",
    type: "string",
    default: "",
    sensitive: true,
  },
  FROM_BLOCK: {
    description: "Block of the factory's deployment; markets and requests are searched from here on",
    type: "number",
    default: 0,
    validate: validator.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  },
  LOG_RANGE_BLOCKS: {
    description: "Most blocks that one eth_getLogs call covers (RPC providers limit it)",
    type: "number",
    default: 10_000,
    validate: validator.integer({ min: 1, max: 10_000_000 }),
  },
  REQUEST_LOOKUP_MS: {
    description:
      "How long an unknown request is looked for again, since the RPC endpoint may lag behind the Chainlink node's",
    type: "number",
    default: 3_000,
    validate: milliseconds(minute),
  },
  SYNC_WAIT_MS: {
    description:
      "How long a request without responseURL waits for its answer; must stay below the bridge task's timeout",
    type: "number",
    default: 12_000,
    validate: milliseconds(10 * minute),
  },
  COMPUTATION_TIMEOUT_MS: {
    description: "How long the nodes may take for one request, attempts that fail included",
    type: "number",
    default: 30 * minute,
    validate: milliseconds(day),
  },
  NODE_TIMEOUT_MS: {
    description: "How long one HTTP call to a node may take",
    type: "number",
    default: 10_000,
    validate: milliseconds(10 * minute),
  },
  NODE_POLL_MS: {
    description: "Pause between two questions to a node",
    type: "number",
    default: 500,
    validate: milliseconds(minute),
  },
  QUEUE_LIMIT: {
    description: "Most computations under way, and most deliveries owed; more are refused with QueueFull",
    type: "number",
    default: 100,
    validate: validator.integer({ min: 1, max: 10_000 }),
  },
  ANSWERS_KEPT: {
    description: "Finished answers that are remembered",
    type: "number",
    default: 10_000,
    validate: validator.integer({ min: 1, max: 1_000_000 }),
  },
  DELIVERY_TIMEOUT_MS: {
    description: "How long one PATCH to a Chainlink node may take",
    type: "number",
    default: 15_000,
    validate: milliseconds(10 * minute),
  },
  DELIVERY_BACKOFF_MS: {
    description: "Pause before the second PATCH of an answer; doubles each time",
    type: "number",
    default: 500,
    validate: milliseconds(minute),
  },
  DELIVERY_BACKOFF_MAX_MS: {
    description: "Longest pause between two PATCHes",
    type: "number",
    default: minute,
    validate: milliseconds(day),
  },
  DELIVERY_RETRY_FOR_MS: {
    description: "How long a Chainlink node that does not take its answer is tried, from the answer on",
    type: "number",
    default: day,
    validate: milliseconds(30 * day),
  },
  DELIVERY_NOT_FOUND_FOR_MS: {
    description: "How long a Chainlink node may answer that it knows no such run before the answer is given up",
    type: "number",
    default: 5 * minute,
    validate: milliseconds(30 * day),
  },
} as const satisfies SettingsDefinitionMap;

/** Framework settings whose defaults do not fit: listen on this machine only, unless the operator says otherwise. */
export const frameworkDefaults = { EA_HOST: "127.0.0.1", CENSOR_SENSITIVE_LOGS: true } as const;
