import { en, type Telling } from "./words-en";
import { pt } from "./words-pt";

export type { Telling };
export const telling = { en, pt } satisfies Record<string, Telling>;
