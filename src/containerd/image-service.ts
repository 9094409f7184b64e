import { runtime } from "../proto/containerd.ts";
import { type CallOptions, type Calls, methodsOf } from "./calls.ts";

const v1 = runtime.v1;
const pull = methodsOf("runtime.v1.ImageService")("PullImage", v1.PullImageRequest, v1.PullImageResponse);

/** containerd's own pulls, as the kubelet asks for them. Their images are in the namespace `k8s.io`. */
export interface ImageService {
  /** Fetches an image through the mirrors of the hosts.toml files, and unpacks it. */
  pull(reference: string, options: CallOptions): Promise<void>;
}

export const imageServiceOf = (calls: Calls): ImageService => ({
  pull: async (reference, options) => {
    await calls.unary(pull, { image: { image: reference } }, options);
  },
});
