/** The primitives, and all functions built of them, by four and by three parties over TLS. */
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { functionSuites } from "../../suites/functions/index.ts";
import { mpcPrimitivesSuite } from "../../suites/mpc-primitives.suite.ts";
import { seed } from "../../support/seed.ts";
import { tlsRunner } from "../support/tls-runner.ts";
import { createTlsTransports } from "../transport/support.ts";

describe("protocol over TLS", () => {
  let transports: Transport[] = [];

  before(async () => {
    transports = await createTlsTransports();
  });

  after(async () => {
    await Promise.all(transports.map((transport) => transport.close()));
  });

  for (const excluded of [null, "by turns"] as const) {
    const runner = tlsRunner(() => transports, seed, excluded);
    mpcPrimitivesSuite(runner);
    functionSuites(runner);
  }
});
