import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { readAnswer } from '#net/bodies.ts';
import { agentOf, type ClientTls, type Network } from '../../client/network.ts';
import { answerIn, type JsonObject, parseJson, textMember } from './json.ts';
import type { Transcript } from './transcript.ts';

/** One request. A form or a JSON body makes it a POST unless another method is named. */
export interface DeviceRequest {
  /** What is asked for, in words: `a nonce`. Errors name it. */
  readonly about: string;
  readonly url: URL;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: JsonObject;
}

export interface DeviceAnswer {
  readonly status: number;
  readonly text: string;
  /** The body where it is a JSON object. */
  readonly json: JsonObject | undefined;
}

/** Octets of an answer, at most: the largest holds tokens and a few certificates. */
const largestAnswer = 1024 * 1024;

/** Connections to the servers of one tenant; every message is in the transcript. */
export class DeviceServer {
  readonly #agent: ReturnType<typeof agentOf>;
  readonly #transcript: Transcript;

  /** @param tls the device certificate, for requests that prove the device by TLS */
  constructor(network: Network, transcript: Transcript, tls: ClientTls = {}) {
    this.#agent = agentOf(network, tls);
    this.#transcript = transcript;
  }

  /** @throws serverUnreachable */
  async send(request: DeviceRequest): Promise<DeviceAnswer> {
    const { url, headers = {}, form, json } = request;
    const method = request.method ?? (form || json ? 'POST' : 'GET');
    this.#transcript.request(method, url, { ...headers, ...form, ...json });
    const answer = await this.#exchange(url, method, headers, bodyOf(request));
    this.#transcript.answer(answer.status, answer.json ?? (answer.text === '' ? {} : { body: answer.text }));
    return answer;
  }

  /** The JSON object of an answer that is not a refusal. @throws serverUnreachable, deviceServerRefused, deviceAnswerMalformed */
  async ask(request: DeviceRequest): Promise<JsonObject> {
    const answer = await this.send(request);
    if (answer.status >= 400) throw refusalIn(answer, request.about);
    if (!answer.json)
      throw fault('deviceAnswerMalformed', { request: request.about, problem: `HTTP ${answer.status} without JSON` });
    return answer.json;
  }

  close(): void {
    void this.#agent.destroy();
  }

  async #exchange(
    url: URL,
    method: NonNullable<DeviceRequest['method']>,
    headers: Readonly<Record<string, string>>,
    body: { readonly type: string; readonly text: string } | undefined,
  ): Promise<DeviceAnswer> {
    try {
      const answer = await this.#agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        ...(body === undefined ? {} : { body: body.text }),
        headers: {
          'user-agent': 'cardea',
          accept: 'application/json',
          'client-request-id': randomUUID(),
          'return-client-request-id': 'true',
          ...(body === undefined ? {} : { 'content-type': body.type }),
          ...headers,
        },
      });
      const text = await textOf(answer.body);
      return { status: answer.statusCode, text, json: parseJson(text) };
    } catch (thrown) {
      const { message, code } = thrown as NodeJS.ErrnoException;
      throw fault('serverUnreachable', { url: url.origin, problem: message || code || 'no answer' }, thrown);
    }
  }
}

function bodyOf({ form, json }: DeviceRequest): { readonly type: string; readonly text: string } | undefined {
  if (json) return { type: 'application/json; charset=utf-8', text: JSON.stringify(json) };
  if (form) return { type: 'application/x-www-form-urlencoded', text: String(new URLSearchParams({ ...form })) };
  return undefined;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const tooLarge = () => new Error('the answer is larger than any of this protocol');
  return (await readAnswer(body, largestAnswer, tooLarge)).toString('utf8');
}

const refusalShape = z.object({
  error: textMember,
  error_description: textMember,
  correlation_id: textMember,
  ErrorType: textMember,
  code: textMember,
  Message: textMember,
  message: textMember,
  TraceId: textMember,
});

/** The refusal of an OAuth endpoint (windows-sign-in §0.6) or of device registration (§2.4). */
export function refusalIn({ status, json = {} }: DeviceAnswer, about: string) {
  const refusal = answerIn(refusalShape, json, about);
  const error = refusal.error ?? refusal.ErrorType ?? refusal.code ?? `HTTP ${status}`;
  const description = refusal.error_description ?? refusal.Message ?? refusal.message ?? `HTTP ${status}`;
  const correlationId = refusal.correlation_id ?? refusal.TraceId ?? 'none';
  // Identifiers and the time follow the message.
  const message = description.split(/\s+Trace ID:/)[0]!.replace(/\.$/, '');
  return fault('deviceServerRefused', { request: about, error, description: message, correlationId });
}
