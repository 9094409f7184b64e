import type { KubeObject } from "../../kube/object.ts";

/** A node, as far as we read it. */
export interface NodeObject extends KubeObject {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly podCIDRs?: readonly string[];
    readonly taints?: readonly NodeTaint[];
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
    readonly addresses?: readonly { readonly type?: string; readonly address?: string }[];
    readonly nodeInfo?: { readonly osImage?: string };
  };
}

export interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect?: string;
  readonly timeAdded?: string;
}

export const nodesPath = "/api/v1/nodes";

export const nodePath = (name: string): string => `${nodesPath}/${encodeURIComponent(name)}`;
