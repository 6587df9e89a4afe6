import { beforeAll, describe, expect, test } from "vitest";
import { engineReport, nativeReport, tf, useEngine } from "../../src/tensors/index.js";
import { BufferPool } from "../../src/tensors/native/buffer-pool.js";

describe("the buffer pool", () => {
  test("gives an array back to the next of its dtype and length", () => {
    const pool = new BufferPool();
    const array = pool.take("float32", 100);
    pool.release("float32", array);
    expect(pool.take("int32", 100)).not.toBe(array);
    expect(pool.take("float32", 99)).not.toBe(array);
    expect(pool.take("float32", 100)).toBe(array);
    expect(pool.report()).toMatchObject({ bytes: 0, reused: 1, allocated: 3 });
  });

  test("keeps no more than its limit, and nothing that was detached", () => {
    const pool = new BufferPool(1000);
    for (let i = 0; i < 10; i++) pool.release("float32", new Float32Array(100));
    expect(pool.report().bytes).toBe(800);
    const sent = new Float32Array(10);
    structuredClone(sent, { transfer: [sent.buffer] });
    pool.release("float32", sent);
    expect(pool.report().bytes).toBe(800);
  });
});

const { missing } = (await engineReport()).find(({ name }) => name === "native")!;

describe("memory of native tensors", () => {
  if (missing !== null) {
    test("needs the native engine", (context) => context.skip(missing));
    return;
  }

  beforeAll(async () => {
    await useEngine("native");
  });

  /** Fills the pool's arrays of this size with other numbers. */
  const overwrite = (shape: number[]) => {
    for (let i = 0; i < 20; i++) tf.dispose(tf.tidy(() => tf.mul(tf.ones(shape), -77)));
  };

  test("what was read stays, after its tensor is gone", () => {
    const read = tf.tidy(() => ({ values: tf.add(tf.ones([64]), 1).dataSync() as Float32Array })).values;
    overwrite([64]);
    expect([...new Set(read)]).toEqual([2]);
  });

  test("views that tfjs-backend-cpu makes stay, after what they look at is gone", () => {
    // A kernel that the addon lacks, of a contiguous part.
    const x = tf.mul(tf.ones([8, 8]), 3);
    const part = tf.stridedSlice(x, [0, 0], [4, 8]);
    const turned = tf.cumsum(x, 0);
    x.dispose();
    overwrite([8, 8]);
    expect([...new Set(part.dataSync())]).toEqual([3]);
    expect(turned.dataSync()[0]).toBe(3);
    tf.dispose([part, turned]);
  });

  test("reshapes and clones keep their memory until the last is gone", () => {
    const x = tf.mul(tf.ones([6, 6]), 5);
    const flat = tf.reshape(x, [36]);
    const clone = tf.clone(flat);
    tf.dispose([x, flat]);
    overwrite([6, 6]);
    expect([...new Set(clone.dataSync())]).toEqual([5]);
    clone.dispose();
  });

  test("an exception in a tidy, or in a gradient, loses no tensor", () => {
    const x = tf.tensor([1, 2, 3]);
    const { numTensors } = tf.memory();
    const failing = () =>
      tf.tidy(() => {
        tf.square(tf.neg(x));
        throw new RangeError("here");
      });
    for (let i = 0; i < 3; i++) expect(failing).toThrow(RangeError);
    expect(() => tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3])))).toThrow(/must match/);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    x.dispose();
  });

  test("a tensor whose array was transferred is refused, and nothing else suffers", () => {
    const x = tf.tensor([1, 2, 3]);
    const values = x.dataSync() as Float32Array<ArrayBuffer>;
    structuredClone(values, { transfer: [values.buffer] });
    expect(() => tf.tidy(() => tf.exp(x))).toThrow(/native operation Unary was refused/);
    expect([...tf.tidy(() => tf.exp(tf.tensor([0])).dataSync())]).toEqual([1]);
    x.dispose();
  });

  test("the pool uses arrays again, and reports it", async () => {
    overwrite([37, 11]);
    const before = (await nativeReport())!.pool;
    overwrite([37, 11]);
    const after = (await nativeReport())!.pool;
    expect(after.reused).toBeGreaterThan(before.reused);
    expect(after.allocated).toBe(before.allocated);
    expect(after.bytes).toBeLessThanOrEqual(after.limit);
  });
});
