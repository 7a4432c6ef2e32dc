import { preference } from "./preference";

/** Row heights: the three densities. */
export const ROW_HEIGHT = { compact: 28, normal: 34, roomy: 40 } as const;
export type Density = keyof typeof ROW_HEIGHT;

export const densityPreference = preference<Density>("density", ["compact", "normal", "roomy"], "normal");
