import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { networkInterfaces } from "node:os";

/** A secret of one launch: 128 bits. */
export function createToken(): string {
  return randomBytes(16).toString("base64url");
}

/** Names of this machine alone. */
const loopback = ["127.0.0.1", "localhost", "[::1]"] as const;

/** What a browser may call this server: no other name, or a page elsewhere could reach it by DNS rebinding. */
export function allowedHosts(host: string, port: number): ReadonlySet<string> {
  const names = new Set<string>(loopback);
  if (host === "0.0.0.0" || host === "::") {
    for (const addresses of Object.values(networkInterfaces())) {
      for (const { address, family } of addresses ?? [])
        names.add(family === "IPv6" ? `[${address}]` : address);
    }
  } else if (!isLoopback(host)) names.add(host.includes(":") ? `[${host}]` : host);
  return new Set([...names].map((name) => `${name}:${port}`));
}

export function isLoopback(host: string): boolean {
  return host === "127.0.0.1" || host === "localhost" || host === "::1";
}

/** What only the browser that was given the address of a launch has. */
export class Gate {
  readonly token = createToken();

  constructor(
    private readonly hosts: ReadonlySet<string>,
    private readonly port: number,
  ) {}

  /** Whether a request names this server as it is called. */
  knowsHost(request: IncomingMessage): boolean {
    return this.hosts.has(request.headers.host ?? "");
  }

  /** Whether a request comes from a page of this server. */
  fromOwnPage(request: IncomingMessage): boolean {
    return this.knowsHost(request) && request.headers.origin === `http://${request.headers.host}`;
  }

  hasCookie(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? "").split(/; */);
    const value = cookies.find((cookie) => cookie.startsWith(`${this.cookieName}=`));
    return value !== undefined && this.isToken(value.slice(this.cookieName.length + 1));
  }

  isToken(candidate: string): boolean {
    const [given, right] = [Buffer.from(candidate), Buffer.from(this.token)];
    return given.length === right.length && timingSafeEqual(given, right);
  }

  get cookie(): string {
    return `${this.cookieName}=${this.token}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Cookies are shared by all ports of a host. */
  private get cookieName(): string {
    return `ludus-${this.port}`;
  }
}

/** Of every answer. Nothing from elsewhere is loaded, framed or told where one came from. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};
