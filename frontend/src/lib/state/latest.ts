/**
 * Puts answers in the order of their questions: an answer that an answer to a
 * later question overtook is old news, and is not taken up.
 */
export class Latest {
  #asked = 0;
  #taken = 0;

  /** Call before asking; what it gives says, once the answer is here, whether to take it up. */
  ask(): () => boolean {
    const turn = ++this.#asked;
    return () => {
      if (turn < this.#taken) return false;
      this.#taken = turn;
      return true;
    };
  }
}
