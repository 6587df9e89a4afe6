import type { Branch } from "../../viewer/branch.js";
import type { Status } from "../../viewer/protocol.js";

interface Authors {
  /** Steps of which it is known who made them. */
  length: number;
  /** The first that the policy made; Infinity where all are a person's. */
  policyFrom: number;
}

/** Who made which steps of a play: whether an episode is a person's from its first step to its last. */
export class Authorship {
  private readonly authors = new Map<number, Authors>();

  /** Has to be told after each change of the branch that is shown. @param actor who made the steps that are new in it */
  note(branch: Pick<Branch, "id" | "parent" | "length">, actor: Status["controller"]): void {
    const authors = this.authors.get(branch.id) ?? this.inherited(branch);
    if (actor === "policy" && branch.length > authors.length)
      authors.policyFrom = Math.min(authors.policyFrom, authors.length);
    authors.length = branch.length;
    this.authors.set(branch.id, authors);
  }

  isHandMade({ id }: Pick<Branch, "id">): boolean {
    return this.authors.get(id)?.policyFrom === Infinity;
  }

  private inherited({ parent }: Pick<Branch, "parent">): Authors {
    if (parent === null) return { length: 0, policyFrom: Infinity };
    const { policyFrom } = this.authors.get(parent.branch)!;
    return { length: parent.step, policyFrom: policyFrom < parent.step ? policyFrom : Infinity };
  }
}
