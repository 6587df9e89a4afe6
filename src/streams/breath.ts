/**
 * Calls back once the event loop has had its turn: timers, input and sockets come first. Not `setTimeout`, which
 * waits a millisecond at least.
 * @returns a function that calls it off
 */
export function afterBreath(callback: () => void): () => void {
  if (typeof setImmediate === "function") {
    const handle = setImmediate(callback);
    return () => clearImmediate(handle);
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(null);
  return () => port1.close();
}
