// An observer: the range is the mean and three standard deviations to either side, but no farther than what was seen.
// State: number of values, mean, sum of squared distances from it (Welford's method, batch by batch), smallest, largest.

export default {
  kind: 'observer',
  stateSize: () => 5,

  start(state, _tensor, [range]) {
    state.set(range ? [0, 0, 0, range.min, range.max] : [0, 0, 0, 0, 0]);
  },

  observe(values, state) {
    let [sum, smallest, largest] = [0, state[3], state[4]];
    for (const value of values) {
      sum += value;
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
    }
    const mean = sum / values.length;
    let squares = 0;
    for (const value of values) squares += (value - mean) ** 2;
    const count = state[0] + values.length;
    const apart = mean - state[1];
    state[2] += squares + (apart * apart * state[0] * values.length) / count;
    state[1] += (apart * values.length) / count;
    state[0] = count;
    state[3] = smallest;
    state[4] = largest;
  },

  ranges([count, mean, squares, smallest, largest]) {
    if (count === 0) return [{ min: smallest, max: largest }];
    const reach = 3 * Math.sqrt(squares / count);
    return [{ min: Math.max(mean - reach, smallest), max: Math.min(mean + reach, largest) }];
  },
};
