const mostPoints = 1000;

/** Losses of epochs, thinned out as they grow in number, so that a long training fits. */
export class LossCurve {
  epochs: number[] = [];
  train: number[] = [];
  test: number[] = [];
  /** One in so many epochs is kept. */
  private stride = 1;

  add(epoch: number, train: number, test: number): void {
    if (epoch % this.stride !== 0) return;
    this.epochs.push(epoch);
    this.train.push(train);
    this.test.push(test);
    if (this.epochs.length <= mostPoints) return;
    this.stride *= 2;
    const kept = this.epochs.map((each) => each % this.stride === 0);
    const thin = (values: number[]): number[] => values.filter((_, i) => kept[i]);
    this.train = thin(this.train);
    this.test = thin(this.test);
    this.epochs = thin(this.epochs);
  }
}
