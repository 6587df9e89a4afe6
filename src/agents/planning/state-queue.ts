/** States by priority, highest first; a binary heap that knows where each state is. */
export class StateQueue {
  private readonly heap: Int32Array;
  private readonly priority: Float64Array;
  /** By state: its place in the heap, or -1. */
  private readonly place: Int32Array;
  private size = 0;

  constructor(numStates: number) {
    this.heap = new Int32Array(numStates);
    this.priority = new Float64Array(numStates);
    this.place = new Int32Array(numStates).fill(-1);
  }

  /** Adds a state, or raises its priority; never lowers it. */
  add(state: number, priority: number): void {
    if (this.place[state] === -1) {
      this.priority[state] = priority;
      this.put(state, this.size++);
    } else if (priority <= this.priority[state]!) return;
    this.priority[state] = priority;
    this.rise(this.place[state]!);
  }

  /** Removes the state of highest priority; -1 if there is none. */
  pop(): number {
    if (this.size === 0) return -1;
    const first = this.heap[0]!;
    this.place[first] = -1;
    const last = this.heap[--this.size]!;
    if (this.size > 0) {
      this.put(last, 0);
      this.sink(0);
    }
    return first;
  }

  private put(state: number, place: number): void {
    this.heap[place] = state;
    this.place[state] = place;
  }

  private rise(from: number): void {
    const { heap, priority } = this;
    const state = heap[from]!;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (priority[heap[parent]!]! >= priority[state]!) break;
      this.put(heap[parent]!, place);
      place = parent;
    }
    this.put(state, place);
  }

  private sink(from: number): void {
    const { heap, priority, size } = this;
    const state = heap[from]!;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && priority[heap[child + 1]!]! > priority[heap[child]!]!) child++;
      if (priority[heap[child]!]! <= priority[state]!) break;
      this.put(heap[child]!, place);
      place = child;
    }
    this.put(state, place);
  }
}
