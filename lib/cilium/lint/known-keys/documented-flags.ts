// Made by build/cilium-keys.ts from the command reference of Cilium: do not edit.

/**
 * A line for each flag of the agent or the operator that the documentation names: `name [minors]`, the first and the last
 * minor version that have it, `16-`, `-17` or `15-17`. Agents have more flags, which are hidden.
 */
export const DOCUMENTED_FLAGS = `
agent-health-port
agent-health-require-k8s-connectivity 18-
agent-labels
agent-liveness-update-interval
agent-not-ready-taint-key
alibaba-cloud-release-excess-ips 20-
alibaba-cloud-vpc-id
alibabacloud-security-group-tags 19-
alibabacloud-security-groups 19-
alibabacloud-vswitch-tags 19-
alibabacloud-vswitches 19-
allocator-list-timeout
allow-icmp-frag-needed
allow-localhost
annotate-k8s-node
api-rate-limit
arping-refresh-period -17
auto-create-cilium-node-resource
auto-create-cilium-pod-ip-pools
auto-direct-node-routes
aws-enable-prefix-delegation
aws-instance-limit-mapping -17
aws-max-results-per-call 19-
aws-release-excess-ips
aws-use-primary-address
azure-interface-name 19-
azure-resource-group
azure-subscription-id
azure-use-primary-address
azure-user-assigned-identity-id
bgp-announce-lb-ip -16
bgp-announce-pod-cidr -16
bgp-config-path -16
bgp-router-id-allocation-ip-pool 18-
bgp-router-id-allocation-mode 18-
bpf-auth-map-max
bpf-conntrack-accounting 17-
bpf-ct-global-any-max
bpf-ct-global-tcp-max
bpf-ct-timeout-regular-any
bpf-ct-timeout-regular-tcp
bpf-ct-timeout-regular-tcp-fin
bpf-ct-timeout-regular-tcp-syn
bpf-ct-timeout-service-any
bpf-ct-timeout-service-tcp
bpf-ct-timeout-service-tcp-grace
bpf-distributed-lru 17-
bpf-events-drop-enabled 16-
bpf-events-policy-verdict-enabled 16-
bpf-events-trace-enabled 16-
bpf-fragments-map-max
bpf-lb-acceleration
bpf-lb-algorithm
bpf-lb-algorithm-annotation 17-
bpf-lb-dev-ip-addr-inherit -14
bpf-lb-dsr-dispatch
bpf-lb-dsr-l4-xlate -16
bpf-lb-external-clusterip
bpf-lb-maglev-hash-seed
bpf-lb-maglev-table-size
bpf-lb-map-max
bpf-lb-mode
bpf-lb-mode-annotation 17-
bpf-lb-proto-diff 17-18
bpf-lb-rss-ipv4-src-cidr
bpf-lb-rss-ipv6-src-cidr
bpf-lb-sock
bpf-lb-sock-hostns-only
bpf-lb-source-range-all-types 17-
bpf-map-dynamic-size-ratio
bpf-nat-global-max
bpf-neigh-global-max
bpf-node-map-max 15-
bpf-policy-map-max
bpf-policy-map-pressure-metrics-threshold 19-
bpf-policy-stats-map-max 18-
bpf-root
bpf-sock-rev-map-max
certificates-directory
ces-max-ciliumendpoints-per-ces
ces-rate-limits 16-
ces-slice-mode -17
ces-write-qps-burst -15
ces-write-qps-limit -15
cgroup-root
cilium-endpoint-gc-interval
cilium-pod-labels
cilium-pod-namespace
cluster-health-port
cluster-id
cluster-name
cluster-pool-ipv4-cidr
cluster-pool-ipv4-mask-size
cluster-pool-ipv6-cidr
cluster-pool-ipv6-mask-size
clustermesh-cache-ttl 19-
clustermesh-concurrent-service-endpoint-syncs 16-
clustermesh-config
clustermesh-default-global-namespace 20-
clustermesh-enable-endpoint-sync 16-
clustermesh-enable-mcs-api 16-
clustermesh-endpoint-updates-batch-period 16-
clustermesh-endpoints-per-slice 16-
clustermesh-ip-identities-sync-timeout -14
clustermesh-mcs-api-install-crds 19-
clustermesh-sync-timeout 15-
cni-chaining-mode
cni-chaining-target
cni-exclusive
cni-external-routing
cni-log-file
cnp-status-cleanup-burst -15
cnp-status-cleanup-qps -15
cnp-status-update-interval -14
config
config-dir
connectivity-probe-frequency-ratio 18-
conntrack-gc-interval
conntrack-gc-max-interval
container-ip-local-reserved-ports
controller-group-metrics 15-
crd-wait-timeout
datapath-mode
datapath-plugins-state-dir 20-
debug
debug-verbose
default-lb-service-ipam 17-
devices
direct-routing-device
direct-routing-skip-unreachable 16-
disable-endpoint-crd
disable-envoy-version-check 16-
disable-external-ip-mitigation 16-
disable-iptables-feeder-rules
dns-max-ips-per-restored-rule
dns-policy-unload-on-shutdown
dnsproxy-concurrency-limit
dnsproxy-concurrency-processing-grace-period
dnsproxy-enable-transparent-mode
dnsproxy-socket-linger-timeout
double-write-metric-reporter-interval 17-
dynamic-lifecycle-config 17-
ec2-api-endpoint
egress-gateway-policy-map-max
egress-gateway-reconciliation-trigger-interval
egress-masquerade-interfaces
egress-multi-home-ip-rule-compat -17
enable-active-connection-tracking 16-
enable-auto-protect-node-port-range
enable-bandwidth-manager
enable-bbr
enable-bbr-hostns-only 18-
enable-bgp-control-plane
enable-bgp-control-plane-status-report 17-
enable-bgp-legacy-origin-attribute 18-
enable-bpf-clock-probe
enable-bpf-masquerade
enable-bpf-tproxy
enable-cilium-api-server-access
enable-cilium-endpoint-slice
enable-cilium-health-api-server-access
enable-cilium-operator-server-access
enable-cluster-pool-to-multi-pool-migration 20-
enable-custom-calls -17
enable-drift-checker 17-
enable-dynamic-config 17-
enable-dynamic-lifecycle-manager 17-
enable-dynamic-source-lookup-nodeport 20-
enable-egress-gateway 18-
enable-encryption-strict-mode 15-18
enable-encryption-strict-mode-egress 19-
enable-encryption-strict-mode-ingress 19-
enable-endpoint-health-checking
enable-endpoint-lockdown-on-policy-overflow 17-
enable-endpoint-routes
enable-envoy-config
enable-extended-ip-protocols 19-
enable-external-ips -17
enable-gateway-api 16-
enable-gateway-api-alpn 16-
enable-gateway-api-app-protocol 16-
enable-gateway-api-proxy-protocol 16-
enable-gateway-api-secrets-sync 15-
enable-gops 18-
enable-health-check-loadbalancer-ip 15-
enable-health-check-nodeport
enable-health-checking
enable-high-scale-ipcache -16
enable-host-firewall
enable-host-legacy-routing
enable-host-port -17
enable-hubble
enable-hubble-open-metrics 17-
enable-hubble-recorder-api -17
enable-identity-mark
enable-ingress-controller 15-
enable-ingress-proxy-protocol 15-
enable-ingress-secrets-sync 15-
enable-internal-traffic-policy 17-17
enable-ip-masq-agent
enable-ipip-termination 16-
enable-ipsec
enable-ipsec-encrypted-overlay 16-18
enable-ipsec-key-watcher
enable-ipv4
enable-ipv4-big-tcp
enable-ipv4-egress-gateway -17
enable-ipv4-fragment-tracking
enable-ipv4-masquerade
enable-ipv6
enable-ipv6-big-tcp
enable-ipv6-fragment-tracking 18-
enable-ipv6-masquerade
enable-ipv6-ndp
enable-k8s
enable-k8s-api-discovery
enable-k8s-endpoint-slice -17
enable-k8s-event-handover -14
enable-k8s-terminating-endpoint -16
enable-l2-announcements
enable-l2-neigh-discovery
enable-l2-pod-announcements
enable-l7-proxy
enable-lb-ipam 17-
enable-local-node-route
enable-local-redirect-policy
enable-lrp-address-matcher-override 17-17
enable-masquerade-to-route-source 15-
enable-metrics
enable-monitor
enable-nat46x64-gateway
enable-no-service-endpoints-routable 19-
enable-node-ipam 16-
enable-node-port -17
enable-node-selector-labels 16-
enable-pmtu-discovery
enable-policy
enable-policy-secrets-sync 17-
enable-recorder -17
enable-remote-node-identity -14
enable-remote-node-masquerade 19-
enable-route-mtu-for-cni-chaining 16-
enable-runtime-device-detection -15
enable-sctp
enable-service-topology
enable-session-affinity -17
enable-standalone-dns-proxy 18-
enable-svc-source-range-check -17
enable-tcx 16-
enable-tracing
enable-unreachable-routes
enable-vtep
enable-well-known-identities
enable-wireguard
enable-wireguard-userspace-fallback -15
enable-xdp-prefilter
enable-xt-socket-fallback
enable-ztunnel 19-
encrypt-interface -19
encrypt-node
encryption-strict-egress-allow-remote-node-identities 19-
encryption-strict-egress-cidr 19-
encryption-strict-mode-allow-remote-node-identities 15-18
encryption-strict-mode-cidr 15-18
endpoint-bpf-prog-watchdog-interval 15-
endpoint-policy-update-timeout 18-
endpoint-queue-size
endpoint-regen-interval 17-
endpoint-status -15
enforce-ingress-https 15-
eni-delete-on-termination 19-
eni-disable-prefix-delegation 19-
eni-exclude-interface-tags 19-
eni-first-interface-index 19-
eni-gc-interval
eni-gc-tags
eni-security-group-tags 19-
eni-security-groups 19-
eni-subnet-ids 19-
eni-subnet-tags 19-
eni-tags
eni-use-primary-address 19-
envoy-access-log-buffer-size 16-
envoy-access-log-enabled 20-
envoy-base-id 16-
envoy-config-retry-interval 16-
envoy-config-timeout
envoy-default-log-level 17-
envoy-http-upstream-linger-timeout 18-
envoy-keep-cap-netbindservice 16-
envoy-log
envoy-node-locality-enabled 20-
envoy-policy-restore-timeout 17-
envoy-secrets-namespace 16-
envoy-xds-mode 20-
excess-ip-release-delay
exclude-local-address
exclude-node-label-patterns 16-
external-envoy-proxy
fixed-identity-mapping
force-device-detection 16-
gateway-api-hostnetwork-enabled 16-
gateway-api-hostnetwork-nodelabelselector 16-
gateway-api-secrets-namespace 15-
gateway-api-service-externaltrafficpolicy 16-
gateway-api-use-remote-address 20-
gateway-api-xff-num-trusted-hops 16-
gops-port
health-check-icmp-failure-threshold 17-
help
hive-log-threshold 19-
hive-start-timeout 19-
hive-stop-timeout 19-
http-idle-timeout
http-max-grpc-timeout
http-normalize-path
http-request-timeout
http-retry-count
http-retry-timeout
http-stream-idle-timeout 18-
hubble-disable-tls
hubble-drop-events 16-
hubble-drop-events-extended 19-
hubble-drop-events-interval 16-
hubble-drop-events-rate-limit 19-
hubble-drop-events-reasons 16-
hubble-dynamic-metrics-config-path 17-
hubble-event-buffer-capacity
hubble-event-queue-size
hubble-export-aggregation-interval 19-
hubble-export-allowlist 15-
hubble-export-denylist 15-
hubble-export-fieldaggregate 19-
hubble-export-fieldmask 15-
hubble-export-file-compress
hubble-export-file-max-backups
hubble-export-file-max-size-mb
hubble-export-file-path
hubble-flowlogs-config-path 15-
hubble-listen-address
hubble-lost-event-send-interval 19-
hubble-metrics
hubble-metrics-server
hubble-metrics-server-enable-tls 17-
hubble-metrics-server-tls-cert-file 17-
hubble-metrics-server-tls-client-ca-files 17-
hubble-metrics-server-tls-key-file 17-
hubble-monitor-events
hubble-network-policy-correlation-enabled 18-
hubble-prefer-ipv6 -19
hubble-recorder-sink-queue-size -17
hubble-recorder-storage-path -17
hubble-redact-enabled 15-
hubble-redact-http-headers-allow 15-
hubble-redact-http-headers-deny 15-
hubble-redact-http-urlquery 15-
hubble-redact-http-userinfo 15-
hubble-redact-kafka-apikey 15-17
hubble-skip-unknown-cgroup-ids
hubble-socket-path
hubble-tls-cert-file
hubble-tls-client-ca-files
hubble-tls-key-file
identity-allocation-mode
identity-allocation-sync-interval 18-
identity-allocation-timeout 18-
identity-change-grace-period
identity-gc-interval
identity-gc-rate-interval
identity-gc-rate-limit
identity-heartbeat-timeout
identity-management-mode 18-
identity-max-jitter 18-
identity-restore-grace-period
ignore-flags-drift-checker 17-
ingress-default-lb-mode 15-
ingress-default-request-timeout 16-
ingress-default-secret-name 15-
ingress-default-secret-namespace 15-
ingress-default-xff-num-trusted-hops 15-
ingress-hostnetwork-enabled 16-
ingress-hostnetwork-http-listener-port 20-
ingress-hostnetwork-https-listener-port 20-
ingress-hostnetwork-nodelabelselector 16-
ingress-hostnetwork-shared-listener-port 16-
ingress-hostnetwork-tls-passthrough-listener-port 20-
ingress-lb-annotation-prefixes
ingress-secrets-namespace 15-
ingress-shared-lb-service-name 15-
ingress-use-remote-address 20-
install-egress-gateway-routes -14
install-no-conntrack-iptables-rules
install-uplink-routes-for-delegated-ipam 17-
instance-tags-filter
ip-allocation-timeout -15
ip-masq-agent-config-path
ip-tracing-option-type 19-
ipam
ipam-cilium-node-update-rate
ipam-default-ip-pool 15-
ipam-max-allocate 19-
ipam-min-allocate 19-
ipam-multi-pool-pre-allocation
ipam-pre-allocate 19-
ipam-static-ip-tags 19-
ipsec-key-file
ipsec-key-rotation-duration
iptables-lock-timeout
iptables-random-fully
ipv4-native-routing-cidr
ipv4-node
ipv4-pod-subnets
ipv4-range
ipv4-service-loopback-address
ipv4-service-range
ipv6-cluster-alloc-cidr
ipv6-mcast-device
ipv6-native-routing-cidr
ipv6-node
ipv6-pod-subnets
ipv6-range
ipv6-service-loopback-address 19-
ipv6-service-range
join-cluster -17
k8s-api-server -17
k8s-api-server-urls 18-
k8s-client-burst
k8s-client-connection-keep-alive 16-
k8s-client-connection-timeout 16-
k8s-client-qps
k8s-heartbeat-timeout
k8s-kubeconfig-path
k8s-namespace
k8s-require-ipv4-pod-cidr
k8s-require-ipv6-pod-cidr
k8s-service-proxy-name
k8s-watcher-endpoint-selector -16
keep-config
kube-proxy-replacement
kube-proxy-replacement-healthz-bind-address
kvstore
kvstore-connectivity-timeout -17
kvstore-lease-ttl 17-
kvstore-max-consecutive-quorum-errors
kvstore-opt
kvstore-periodic-sync -17
l2-announcements-lease-duration
l2-announcements-renew-deadline
l2-announcements-retry-period
l2-pod-announcements-interface -17
l2-pod-announcements-interface-pattern 18-
label-prefix-file
labels
lb-state-file 18-
leader-election-lease-duration
leader-election-renew-deadline
leader-election-resource-lock-timeout 20-
leader-election-retry-period
lib-dir
limit-ipam-api-burst
limit-ipam-api-qps
loadbalancer-l7 15-
loadbalancer-l7-algorithm 15-
loadbalancer-l7-ports 15-
local-router-ipv4
local-router-ipv6
log-driver
log-opt
log-system-load
lrp-address-matcher-cidrs 18-
max-connected-clusters 15-
mesh-auth-enabled -19
mesh-auth-gc-interval
mesh-auth-mutual-connect-timeout 15-
mesh-auth-mutual-enabled -19
mesh-auth-mutual-listener-port
mesh-auth-queue-size
mesh-auth-rotated-identities-queue-size
mesh-auth-spiffe-trust-domain
mesh-auth-spire-admin-socket
mesh-auth-spire-agent-socket
mesh-auth-spire-server-address
mesh-auth-spire-server-connection-timeout
metrics
metrics-sampling-interval 18-
monitor-aggregation
monitor-aggregation-flags
monitor-aggregation-interval
monitor-queue-size
mtu
multi-pool-migration-workers 20-
multicast-enabled 16-
nat-map-stats-entries 16-
nat-map-stats-interval 16-
node-encryption-opt-out-labels
node-labels 16-
node-port-bind-protection
node-port-range
nodeport-addresses 15-
nodes-gc-interval
only-masquerade-default-pool 19-
operator-api-serve-addr
operator-k8s-client-burst 17-
operator-k8s-client-qps 17-
operator-pprof
operator-pprof-address
operator-pprof-block-profile-rate 19-
operator-pprof-mutex-profile-fraction 19-
operator-pprof-port
operator-prometheus-enable-tls 19-
operator-prometheus-serve-addr
operator-prometheus-tls-cert-file 19-
operator-prometheus-tls-client-ca-files 19-
operator-prometheus-tls-key-file 19-
packetization-layer-pmtud-mode 19-
parallel-alloc-workers
pod-restart-selector
policy-accounting 16-
policy-audit-mode
policy-cidr-match-mode 15-
policy-default-local-cluster 18-
policy-deny-response 19-
policy-external-group-sync-interval 20-
policy-queue-size
policy-secrets-namespace 17-
policy-secrets-only-from-secrets-namespace 17-
pprof
pprof-address
pprof-block-profile-rate 19-
pprof-mutex-profile-fraction 19-
pprof-port
preallocate-bpf-maps
prefer-ipv6 20-
prepend-iptables-chains
procfs
prometheus-serve-addr
proxy-admin-port 16-
proxy-cluster-max-connections 19-
proxy-cluster-max-pending-requests 20-
proxy-cluster-max-requests 19-
proxy-connect-timeout
proxy-gid
proxy-idle-timeout-seconds
proxy-initial-fetch-timeout 16-
proxy-max-active-downstream-connections 19-
proxy-max-concurrent-retries 17-
proxy-max-connection-duration-seconds
proxy-max-requests-per-connection
proxy-portrange-max 16-
proxy-portrange-min 16-
proxy-prometheus-port
proxy-stream-idle-timeout-seconds 20-
proxy-use-original-source-address 19-
proxy-xff-num-trusted-hops-egress
proxy-xff-num-trusted-hops-ingress
read-cni-conf
remove-cilium-node-taints
restore -17
restored-proxy-ports-age-limit
route-metric
routing-mode
service-no-backend-response 15-
set-cilium-is-up-condition
set-cilium-node-taints
shell-sock-path 19-
sidecar-istio-proxy-image -15
single-cluster-route -14
skip-cnp-status-startup-clean -15
skip-crd-creation
socket-path
standalone-dns-proxy-server-port 18-
state-dir
static-cnp-path 16-
status-collector-failure-threshold 18-
status-collector-interval 18-
status-collector-probe-check-timeout 18-
status-collector-stackdump-path 18-
status-collector-warning-threshold 18-
subnet-ids-filter
subnet-tags-filter
synchronize-k8s-nodes
synchronize-k8s-services
taint-sync-workers 17-
tofqdns-dns-reject-response-code
tofqdns-enable-dns-compression
tofqdns-endpoint-max-ip-per-hostname
tofqdns-idle-connection-grace-period
tofqdns-max-deferred-connection-deletes
tofqdns-min-ttl
tofqdns-pre-cache -19
tofqdns-preallocate-identities 18-
tofqdns-proxy-port
tofqdns-proxy-response-max-delay
trace-payloadlen
trace-payloadlen-overlay 18-
trace-sock
tunnel-port
tunnel-protocol
tunnel-source-port-range 17-
underlay-protocol 18-
unmanaged-pod-watcher-interval
update-ec2-adapter-limit-via-api -17
use-full-tls-context 16-
validate-network-policy 16-
version
vlan-bpf-bypass
vtep-cidr
vtep-endpoint
vtep-mac
vtep-mask
vtep-sync-interval 19-
wireguard-encapsulate -14
wireguard-persistent-keepalive 15-
write-cni-conf-when-ready
ztunnel-ca-type 20-
`
