import { ApiError } from "../api/client";
import type { ServerMessage } from "../api/messages";

interface Asked {
  readonly query: URLSearchParams;
  readonly answer: (text: string) => void;
  readonly fail: (err: Error) => void;
}

/** GET /api/v1/sync whose server is the test: each poll waits for what the test answers. */
export class FakeSync {
  readonly asked: Asked[] = [];
  #answered = 0;

  readonly request = (query: URLSearchParams): Promise<string> =>
    new Promise((answer, fail) => this.asked.push({ query, answer, fail }));

  /** Whether a poll waits for its answer. */
  get waiting(): boolean {
    return this.#answered < this.asked.length;
  }

  get last(): URLSearchParams {
    const last = this.asked.at(-1);
    if (!last) throw new Error("nothing was asked");
    return last.query;
  }

  /** Answers the oldest poll that waits. */
  answer(messages: readonly ServerMessage[], epoch = "e1"): void {
    this.text(JSON.stringify({ epoch, time: "2026-11-23T14:02:07Z", messages }));
  }

  text(text: string): void {
    this.#next().answer(text);
  }

  fail(status: number, message = `status ${status}`): void {
    this.#next().fail(new ApiError(status, message, null));
  }

  #next(): Asked {
    const next = this.asked[this.#answered];
    if (!next) throw new Error("no poll waits");
    this.#answered++;
    return next;
  }
}
