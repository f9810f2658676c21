// Signs in, adds a training day and reads a list, with types generated from functions/rotc/openapi.json.

import createClient from "openapi-fetch";

import type { components, paths } from "./generated/rotc.js";

type NewTrainingDay = components["schemas"]["NewTrainingDay"];

export async function namesOfAlpha(baseUrl: string, username: string, password: string): Promise<string[]> {
  const api = createClient<paths>({ baseUrl });

  const signedIn = await api.POST("/api/auth/login", { body: { username, password } });
  if (signedIn.error) throw new Error(signedIn.error.message);
  const authorization = `Bearer ${signedIn.data.token}`;
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", authorization);
      return request;
    },
  });

  const day: NewTrainingDay = { date: "2026-02-07", title: "Map reading" };
  const added = await api.POST("/api/training-days", { body: day });
  if (added.error) throw new Error(added.error.message);

  // @ts-expect-error: the types are not `any`, so a body without its members is refused
  await api.POST("/api/training-days", { body: { day: "2026-02-07" } });

  const cadets = await api.GET("/api/cadets", { params: { query: { company: "Alpha", limit: 50 } } });
  if (cadets.error) throw new Error(cadets.error.message);
  return cadets.data.data.map((cadet) => `${cadet.last_name}, ${cadet.first_name}`);
}
