import {
  CLOSE_GRACE_MS,
  CONNECT_TIMEOUT_MS,
  HANDSHAKE_TIMEOUT_MS,
  MAX_RECONNECT_DELAY_MS,
  MAX_SEND_QUEUE_BYTES_PER_PEER,
  MAX_UNREAD_BYTES_PER_PEER,
  MIN_RECONNECT_DELAY_MS,
  RECEIVE_TIMEOUT_MS,
} from "../wire/limits.ts";

/** Times that an operator may set; the defaults and their reasons stand in `wire/limits.ts`. */
export interface TransportTimeouts {
  readonly handshakeMs: number;
  readonly connectMs: number;
  readonly receiveMs: number;
  readonly minimumReconnectDelayMs: number;
  readonly maximumReconnectDelayMs: number;
  readonly closeGraceMs: number;
}

/** Memory that one peer may make this node use; the defaults and their reasons stand in `wire/limits.ts`. */
export interface TransportLimits {
  readonly unreadBytesPerPeer: number;
  readonly sendQueueBytesPerPeer: number;
}

export const DEFAULT_TIMEOUTS: TransportTimeouts = {
  handshakeMs: HANDSHAKE_TIMEOUT_MS,
  connectMs: CONNECT_TIMEOUT_MS,
  receiveMs: RECEIVE_TIMEOUT_MS,
  minimumReconnectDelayMs: MIN_RECONNECT_DELAY_MS,
  maximumReconnectDelayMs: MAX_RECONNECT_DELAY_MS,
  closeGraceMs: CLOSE_GRACE_MS,
};

export const DEFAULT_LIMITS: TransportLimits = {
  unreadBytesPerPeer: MAX_UNREAD_BYTES_PER_PEER,
  sendQueueBytesPerPeer: MAX_SEND_QUEUE_BYTES_PER_PEER,
};
