/** Seeds that every test run plays again. A seed that once found a fault is added here and stays. */
export const keptSeeds: readonly number[] = [1];
