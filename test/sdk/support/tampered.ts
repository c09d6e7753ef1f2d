import type { Connection } from "@sharebridge/sdk/network/connect.ts";
import type { Log, Provider } from "ethers";

/** What a lying RPC would do: any member of the provider replaced, the rest as it is. */
export function tampered(connection: Connection, members: Partial<Record<keyof Provider, unknown>>): Connection {
  const real = connection.provider;
  const provider: Provider = new Proxy(real, {
    get(_, name) {
      if (name === "provider") return provider;
      if (Object.hasOwn(members, name)) return members[name as keyof Provider];
      const member: unknown = Reflect.get(real, name, real);
      return typeof member === "function" ? member.bind(real) : member;
    },
  });
  return { ...connection, provider };
}

/** The same for events: `edit` gets each log and gives another one, or null to hide it. */
export function tamperedLogs(connection: Connection, edit: (log: Log) => Log | null): Connection {
  return tampered(connection, {
    getLogs: async (filter: Parameters<Provider["getLogs"]>[0]) =>
      (await connection.provider.getLogs(filter)).map(edit).filter((log) => log !== null),
  });
}
