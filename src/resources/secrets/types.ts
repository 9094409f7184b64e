import { ApiCertificate } from "./api-certificate.ts";
import { CertSAN } from "./cert-san.ts";
import { EncryptionSalt } from "./encryption-salt.ts";
import { EtcdRootSecret } from "./etcd-root-secret.ts";
import { EtcdSecret } from "./etcd-secret.ts";
import { KubeletSecret } from "./kubelet-secret.ts";
import { KubernetesDynamicCert } from "./kubernetes-dynamic-cert.ts";
import { KubernetesRootSecret } from "./kubernetes-root-secret.ts";
import { KubernetesSecret } from "./kubernetes-secret.ts";
import { MaintenanceRootSecret } from "./maintenance-root-secret.ts";
import { MaintenanceServiceCertificate } from "./maintenance-service-certificate.ts";
import { OSRootSecret } from "./os-root-secret.ts";
import { TrustdCertificate } from "./trustd-certificate.ts";

export const secretsTypes = [
  ApiCertificate,
  CertSAN,
  EncryptionSalt,
  EtcdRootSecret,
  EtcdSecret,
  KubeletSecret,
  KubernetesDynamicCert,
  KubernetesRootSecret,
  KubernetesSecret,
  MaintenanceRootSecret,
  MaintenanceServiceCertificate,
  OSRootSecret,
  TrustdCertificate,
] as const;
