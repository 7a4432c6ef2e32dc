import { ProjectList } from "./ProjectList";
import { ProjectPage } from "./ProjectPage";

/** The page of all Compose projects, or of one. */
export function ProjectPages({ name }: { name: string | null }) {
  return name === null ? <ProjectList /> : <ProjectPage name={name} />;
}
