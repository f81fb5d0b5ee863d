/** What a step starts in the middle of the run, stopped with everything else, last started first. */
export class LateResources implements AsyncDisposable {
  readonly failure: Promise<never>;
  readonly fail: (error: unknown) => void;
  readonly #owned: AsyncDisposable[] = [];

  constructor() {
    let fail: (error: unknown) => void = () => undefined;
    this.failure = new Promise((_, reject) => {
      fail = reject;
    });
    this.failure.catch(() => undefined);
    this.fail = fail;
  }

  own(resource: AsyncDisposable): void {
    this.#owned.push(resource);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#owned.reverse()) await resource[Symbol.asyncDispose]();
  }
}
