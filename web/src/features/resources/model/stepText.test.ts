import { expect, it } from "vitest";
import { stepText } from "./stepText";

it.each([
  ["RUN /bin/sh -c apk add --no-cache curl # buildkit", "RUN apk add --no-cache curl"],
  ["COPY /out/app /usr/bin/ # buildkit", "COPY /out/app /usr/bin/"],
  ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'],
  ["/bin/sh -c make # buildkit is not at the end", "RUN make # buildkit is not at the end"],
  ["", ""],
])("%s was written as %s", (built, written) => expect(stepText(built)).toBe(written));
