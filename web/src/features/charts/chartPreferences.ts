import { preference } from "../../components/preference";
import { RANGES, type Range } from "./model/ranges";

export const rangePreference = preference<Range>("charts.range", RANGES, "5m");
