import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { ExtraManifestsConfig } from "../../../resources/k8s/extra-manifests-config.ts";
import { Manifest } from "../../../resources/k8s/manifest.ts";
import { NetworkStatus } from "../../../resources/network/network-status.ts";
import { extraManifestController } from "./extra-manifests.ts";

const manifest = { priority: "99", extraHeaders: {}, inlineManifest: "" };
const objectOf = (name: string) => JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

test("what was fetched is not fetched again when the network was away", async () => {
  const asked: string[] = [];
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      asked.push(new URL(url).pathname);
      return new Response(objectOf("fetched"));
    },
  });
  const url = new URL("/fetched.yaml", server.url).href;
  const extraManifests = [{ ...manifest, name: "fetched", url }];
  await using machine = await runtimeWith(extraManifestController());
  const online = { addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true };
  await machine.state.create(NetworkStatus, "status", online);
  await machine.state.create(ExtraManifestsConfig, "extra-manifests", { extraManifests });
  await machine.eventually(Manifest, "99-fetched");

  /** A manifest of the configuration itself shows that the controller has looked again. */
  const passWith = async (name: string) => {
    const written = { ...manifest, name, url: "", inlineManifest: objectOf(name) };
    await machine.state.modify(ExtraManifestsConfig, "extra-manifests", () => ({
      extraManifests: [...extraManifests, written],
    }));
    await machine.eventually(Manifest, `99-${name}`);
  };
  await machine.state.modify(NetworkStatus, "status", () => ({ ...online, connectivityReady: false }));
  await passWith("offline");
  await machine.state.modify(NetworkStatus, "status", () => online);
  await passWith("online");
  // That pass has ended when there is another.
  await passWith("again");
  expect(asked).toEqual(["/fetched.yaml"]);
});
