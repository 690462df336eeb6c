// Made by build/cilium-keys.ts from the Helm charts of Cilium: do not edit.

/** The charts that the table was made of, oldest first: it knows the keys of these minor versions. */
export const CHART_RELEASES: readonly string[] = [
  '1.14.19',
  '1.15.19',
  '1.16.19',
  '1.17.16',
  '1.18.11',
  '1.19.6',
  '1.20.2',
]

/** The first minor version whose chart has a schema, by which Helm refuses values of a wrong type. */
export const FIRST_MINOR_WITH_SCHEMA = 16

/**
 * A line for each key, indented by its depth: `name types[@minors][,types@minors…] [=flag]`. Types: b boolean, i integer,
 * n number, s string, l list, m map with the keys below, f map with any keys where those below have a type, z nothing at
 * all, * anything, {a|b} a choice; null is always allowed. Minors: `16-`, `-17`, `15-17` or `17`; absent: all that the parent has. The flag is that of the agent or the
 * operator which the key sets.
 */
export const CHART_KEYS = `
MTU i
affinity f
 podAntiAffinity m
  requiredDuringSchedulingIgnoredDuringExecution l
agent b
agentNotReadyTaintKey s =agent-not-ready-taint-key
aksbyocni m
 enabled b
alibabacloud m
 enabled b
 nodeSpec m@19-
  securityGroupTags l =alibabacloud-security-group-tags
  securityGroups l =alibabacloud-security-groups
  vSwitchTags l =alibabacloud-vswitch-tags
  vSwitches l =alibabacloud-vswitches
annotateK8sNode b =annotate-k8s-node
annotations f@15-
apiRateLimit s@15- =api-rate-limit
authentication m
 enabled b =mesh-auth-enabled
 gcInterval s =mesh-auth-gc-interval
 mutual m
  connectTimeout s@15- =mesh-auth-mutual-connect-timeout
  port i =mesh-auth-mutual-listener-port
  spire m
   adminSocketPath s =mesh-auth-spire-admin-socket
   agentSocketPath s =mesh-auth-spire-agent-socket
   annotations f@15-
   connectionTimeout s =mesh-auth-spire-server-connection-timeout
   enabled b =mesh-auth-mutual-enabled
   install m
    agent m
     affinity f
     annotations f
     image s@14,m@15-
      digest s@15-
      override s@15-
      pullPolicy s@15-
      repository s@15-
      tag s@15-
      useDigest b@15-
     labels f
     nodeSelector f
     podSecurityContext f
     priorityClassName s@17-
     resources f@17-
     securityContext f
     serviceAccount m
      create b
      name s
     skipKubeletVerification b
     tolerations l
    enabled b
    existingNamespace b@15-
    initImage m@15-
     digest s
     override s
     pullPolicy s
     repository s
     tag s
     useDigest b
    namespace s
    server m
     affinity f
     annotations f
     ca m
      keyType s
      subject m
       commonName s
       country s
       organization s
     dataStorage m
      accessMode s
      enabled b
      size s
      storageClass s
     image s@14,m@15-
      digest s@15-
      override s@15-
      pullPolicy s@15-
      repository s@15-
      tag s@15-
      useDigest b@15-
     initContainers l
     labels f
     nodeSelector f
     podSecurityContext f@15-
     priorityClassName s@17-
     resources f@17-
     securityContext f@15-
     service m
      annotations f
      labels f
      type s
     serviceAccount m
      create b
      name s
     tolerations l
   serverAddress s =mesh-auth-spire-server-address
   trustDomain s =mesh-auth-spiffe-trust-domain
 queueSize i =mesh-auth-queue-size
 rotatedIdentitiesQueueSize i =mesh-auth-rotated-identities-queue-size
autoDirectNodeRoutes bs =auto-direct-node-routes
azure m
 clientID *
 clientSecret *
 enabled b
 nodeSpec m@19-
  azureInterfaceName s =azure-interface-name
 resourceGroup *
 subscriptionID *
 tenantID *
 usePrimaryAddress *
 userAssignedIdentityID * =azure-user-assigned-identity-id
bandwidthManager m
 bbr b =enable-bbr
 bbrHostNamespaceOnly b@18- =enable-bbr-hostns-only
 enabled b =enable-bandwidth-manager
bgp m@-16
 announce m
  loadbalancerIP b =bgp-announce-lb-ip
  podCIDR b =bgp-announce-pod-cidr
 enabled b
bgpControlPlane m
 enabled b =enable-bgp-control-plane
 legacyOriginAttribute m@18-
  enabled b =enable-bgp-legacy-origin-attribute
 routerIDAllocation m@18-
  ipPool s =bgp-router-id-allocation-ip-pool
  mode s =bgp-router-id-allocation-mode
 secretsNamespace m@15-
  create b
  name s =bgp-secrets-namespace
 statusReport m@17-
  enabled b =enable-bgp-control-plane-status-report
bpf m
 authMapMax i =bpf-auth-map-max
 autoMount m
  enabled b
 ctAccounting b@17- =bpf-conntrack-accounting
 ctAnyMax i
 ctTcpMax i
 datapathMode s@16- =datapath-mode
 disableExternalIPMitigation b@16- =disable-external-ip-mitigation
 distributedLRU m@17-
  enabled b =bpf-distributed-lru
 enableTCX b@16- =enable-tcx
 events m@16-
  default m@17-
   burstLimit i =bpf-events-default-burst-limit
   rateLimit i =bpf-events-default-rate-limit
  drop m
   enabled b =bpf-events-drop-enabled
  policyVerdict m
   enabled b =bpf-events-policy-verdict-enabled
  trace m
   enabled b =bpf-events-trace-enabled
 hostLegacyRouting b =enable-host-legacy-routing
 lbAlgorithmAnnotation b@17- =bpf-lb-algorithm-annotation
 lbExternalClusterIP b =bpf-lb-external-clusterip
 lbMapMax i =bpf-lb-map-max
 lbModeAnnotation b@17- =bpf-lb-mode-annotation
 lbSourceRangeAllTypes b@17- =bpf-lb-source-range-all-types
 mapDynamicSizeRatio n@-16,ns@17- =bpf-map-dynamic-size-ratio
 masquerade b =enable-bpf-masquerade
 monitorAggregation s =monitor-aggregation
 monitorFlags s =monitor-aggregation-flags
 monitorInterval s =monitor-aggregation-interval
 monitorTraceIPOption i@19- =ip-tracing-option-type
 natMax i =bpf-nat-global-max
 neighMax i =bpf-neigh-global-max
 nodeMapMax i@15- =bpf-node-map-max
 policyMapMax i =bpf-policy-map-max
 policyMapPressureMetricsThreshold n@19- =bpf-policy-map-pressure-metrics-threshold
 policyStatsMapMax i@18- =bpf-policy-stats-map-max
 preallocateMaps b =preallocate-bpf-maps
 root s =bpf-root
 tproxy b =enable-bpf-tproxy
 vlanBypass l =vlan-bpf-bypass
bpfClockProbe b =enable-bpf-clock-probe
certgen m
 affinity f@15-
 annotations m
  cronJob f
  job f
 cronJob m@19-
  failedJobsHistoryLimit i
  successfulJobsHistoryLimit i
 enforceCAValidityThroughoutLeavesDuration b@20
 extraVolumeMounts l
 extraVolumes l
 generateCA b@17-
 image m
  digest s
  override s
  pullPolicy s
  repository s
  tag s
  useDigest b
 nodeSelector f@17-
 podLabels f
 priorityClassName s@17-
 resources f@18-
 tolerations l
 ttlSecondsAfterFinished i
cgroup m
 autoMount m
  enabled b
  resources f
 hostRoot s =cgroup-root
ciliumEndpointSlice m@16-
 enabled b =enable-cilium-endpoint-slice
 rateLimits l =ces-rate-limits
 sliceMode {identity|fcfs}@17 =ces-slice-mode
cleanBpfState b =clean-cilium-bpf-state
cleanState b =clean-cilium-state
cluster m
 id i =cluster-id
 name s =cluster-name
clusterHealthPort * =cluster-health-port
clustermesh m
 annotations f@15-
 apiserver m
  affinity f
   podAntiAffinity m
    preferredDuringSchedulingIgnoredDuringExecution l@16-
    requiredDuringSchedulingIgnoredDuringExecution l@-15
  etcd m
   image m@14
    digest s
    override *
    pullPolicy s
    repository s
    tag s
    useDigest b
   init m
    extraArgs l@15-
    extraEnv l@15-
    resources f
   lifecycle f@15-
   resources f
   securityContext f
    allowPrivilegeEscalation b@16-
    capabilities m@16-
     drop l
   storageMedium {Disk|Memory}@16-
  etcdQPS i@20
  extraArgs l
  extraEnv l
  extraVolumeMounts l
  extraVolumes l
  healthPort i@16-
  image m
   digest s
   override s
   pullPolicy s
   repository s
   tag s
   useDigest b
  kvstoremesh m
   enabled b
   etcdQPS i@20
   extraArgs l
   extraEnv l
   extraVolumeMounts l
   healthPort i@16-
   image m@14
    digest s
    override *
    pullPolicy s
    repository s
    tag s
    useDigest b
   kvstoreMode s@18-
   lifecycle f@15-
   readinessProbe f@16-
   resources f
   securityContext f
    allowPrivilegeEscalation b
    capabilities m
     drop l
  lifecycle f@15-
  metrics m
   enabled b
   etcd m
    enabled b
    mode s
    port i
   kvstoremesh m
    enabled b
    port i
   port i
   serviceMonitor m
    annotations f
    enabled b
    etcd m
     interval s
     metricRelabelings l
     relabelings l
     scrapeTimeout s@18-
    interval s
    kvstoremesh m
     interval s
     metricRelabelings l
     relabelings l
     scrapeTimeout s@18-
    labels f
    metricRelabelings l
    namespace *
    relabelings l
    scrapeTimeout s@18-
  nodeSelector f
   kubernetes.io/os s
  podAnnotations f
  podDisruptionBudget m
   enabled b
   maxUnavailable is
   minAvailable is
   unhealthyPodEvictionPolicy s@18-
  podLabels f
  podSecurityContext f
   fsGroup i@16-
   runAsGroup i@16-
   runAsNonRoot b@16-
   runAsUser i@16-
  priorityClassName s
  readinessProbe f@16-
  replicas i
  resources f
  securityContext f
   allowPrivilegeEscalation b@16-
   capabilities m@16-
    drop l
  service m
   annotations f
   enableSessionAffinity {HAOnly|Always|Never}@16-
   externalTrafficPolicy *@-15,{Local|Cluster}@16-
   externallyCreated b@19-
   internalTrafficPolicy *@-15,{Local|Cluster}@16-
   labels f@17-
   loadBalancerClass s@15-
   loadBalancerIP s
   loadBalancerSourceRanges l@17-
   nodePort i
   type s
  terminationGracePeriodSeconds i@15-
  tls m
   admin m@-19
    cert s
    key s
   authMode s
   auto m
    certManagerIssuerRef f
    certValidityDuration i
    enabled b
    method s
    privateKey f@20
    schedule *@-19,s@20
    server m@20
     extraDnsNames l
     extraIpAddresses l
    subject f@20
   ca m@14
    cert s
    key s
   client m@-18
    cert s
    key s
   enableSecrets b@16-19
   remote m@-19
    cert s
    key s
   server m
    cert s@-19
    extraDnsNames l@-19,*@20
    extraIpAddresses l@-19,*@20
    key s@-19
  tolerations l
  topologySpreadConstraints l
  updateStrategy f
   rollingUpdate m
    maxSurge is@16-
    maxUnavailable is
   type s
 cacheTTL s@19- =clustermesh-cache-ttl
 config m
  clusters l@-18,lf@19-
  domain s
  enabled b
 defaultGlobalNamespace b@20 =clustermesh-default-global-namespace
 disableKubernetesHostAliases *@20
 enableEndpointSliceSynchronization b@16- =clustermesh-enable-endpoint-sync
 enableMCSAPISupport b@16-19 =clustermesh-enable-mcs-api
 maxConnectedClusters i@15- =max-connected-clusters
 mcsapi m@19-
  corednsAutoConfigure m
   affinity f
   annotations f
   coredns m
    clusterDomain s
    clustersetDomain s
    configMapName s
    deploymentName s
    namespace s
    serviceAccountName s
   enabled b
   extraArgs l
   extraVolumeMounts l
   extraVolumes l
   nodeSelector f
   podLabels f
   priorityClassName s
   resources f
   tolerations l
   ttlSecondsAfterFinished i
  enabled b =clustermesh-enable-mcs-api
  installCRDs b =clustermesh-mcs-api-install-crds
 policyDefaultLocalCluster b@18- =policy-default-local-cluster
 useAPIServer b
cni m
 binPath s
 chainingMode s
 chainingTarget s =cni-chaining-target
 confFileMountPath s =read-cni-conf
 confPath s
 configMap *@-17,s@18-
 configMapKey s
 customConf b =custom-cni-conf
 enableRouteMTUForCNIChaining b@16- =enable-route-mtu-for-cni-chaining
 exclusive b =cni-exclusive
 externalRouting * =cni-external-routing
 hostConfDirMountPath s =write-cni-conf-when-ready
 install b
 iptablesRemoveAWSRules b@18-
 logFile s =cni-log-file
 readCniConf *
 resources f@15-
  limits m@19-
   cpu is
   memory s
  requests m
   cpu s@15-18,is@19-
   memory s
 uninstall b =cni-uninstall
commonLabels f@17-
configDriftDetection m@18-
 driftChecker b =enable-drift-checker
 enabled b =enable-dynamic-config
 ignoredKeys l =ignore-flags-drift-checker
connectivityProbeFrequencyRatio n@18- =connectivity-probe-frequency-ratio
conntrackGCInterval s =conntrack-gc-interval
conntrackGCMaxInterval s =conntrack-gc-max-interval
containerRuntime m@-15
 integration s
crdWaitTimeout s =crd-wait-timeout
customCalls m@-18
 enabled b =enable-custom-calls
daemon m
 allowedConfigOverrides s
 blockedConfigOverrides s
 configSources s
 enableSourceIPVerification b@17- =enable-source-ip-verification
 runPath s
dashboards m
 annotations f
 enabled b
 label s
 labelValue s
 namespace s
datapathPlugins m@20
 enabled b =enable-datapath-plugins
 stateDir s =datapath-plugins-state-dir
debug m
 enabled b
 metricsSamplingInterval s@18- =metrics-sampling-interval
 verbose s =debug-verbose
defaultLBServiceIPAM s@17- =default-lb-service-ipam
devices *@-19,ls@20
directRoutingSkipUnreachable b@16- =direct-routing-skip-unreachable
disableEndpointCRD b
disableEnvoyVersionCheck * =disable-envoy-version-check
disableIptablesFeederRules * =disable-iptables-feeder-rules
dnsPolicy s
dnsPolicyUnloadOnShutdown * =dns-policy-unload-on-shutdown
dnsProxy m
 dnsRejectResponseCode s =tofqdns-dns-reject-response-code
 enableDnsCompression b =tofqdns-enable-dns-compression
 enableTransparentMode * =dnsproxy-enable-transparent-mode
 endpointMaxIpPerHostname i =tofqdns-endpoint-max-ip-per-hostname
 idleConnectionGracePeriod s =tofqdns-idle-connection-grace-period
 maxDeferredConnectionDeletes i =tofqdns-max-deferred-connection-deletes
 minTtl i =tofqdns-min-ttl
 preAllocateIdentities b@18- =tofqdns-preallocate-identities
 preCache s =tofqdns-pre-cache
 proxyPort i =tofqdns-proxy-port
 proxyResponseMaxDelay s =tofqdns-proxy-response-max-delay
 socketLingerTimeout i =dnsproxy-socket-linger-timeout
egressGateway m
 enabled b =enable-egress-gateway
 installRoutes b@-15 =install-egress-gateway-routes
 maxPolicyEntries * =egress-gateway-policy-map-max
 reconciliationTriggerInterval s =egress-gateway-reconciliation-trigger-interval
egressMasqueradeInterfaces * =egress-masquerade-interfaces
enableCiliumEndpointSlice b@-17 =enable-cilium-endpoint-slice
enableCnpStatusUpdates b@14
enableCriticalPriorityClass b
enableIPv4BIGTCP b =enable-ipv4-big-tcp
enableIPv4Masquerade b =enable-ipv4-masquerade
enableIPv6BIGTCP b =enable-ipv6-big-tcp
enableIPv6Masquerade b =enable-ipv6-masquerade
enableIdentityMark * =enable-identity-mark
enableInternalTrafficPolicy b@17- =enable-internal-traffic-policy
enableK8sEndpointSlice *@-18 =enable-k8s-endpoint-slice
enableK8sEventHandover b@14 =enable-k8s-event-handover
enableK8sTerminatingEndpoint b@-17 =enable-k8s-terminating-endpoint
enableLBIPAM b@17- =enable-lb-ipam
enableMasqueradeRouteSource b@15- =enable-masquerade-to-route-source
enableNoServiceEndpointsRoutable b@19- =enable-no-service-endpoints-routable
enableNonDefaultDenyPolicies b@17- =enable-non-default-deny-policies
enableRuntimeDeviceDetection b@-17 =enable-runtime-device-detection
enableXTSocketFallback b =enable-xt-socket-fallback
encryption m
 enabled b =enable-ztunnel
 interface s@-15
 ipsec m
  encryptedOverlay b@16-19 =enable-ipsec-encrypted-overlay
  interface s =encrypt-interface
  keyFile s
  keyRotationDuration s =ipsec-key-rotation-duration
  keyWatcher b =enable-ipsec-key-watcher
  mountPath s =ipsec-key-file
  secretName s
 keyFile s@-15
 mountPath s@-15
 nodeEncryption b =encrypt-node
 secretName s@-15
 strictMode m@15-
  allowRemoteNodeIdentities b@15-19 =encryption-strict-egress-allow-remote-node-identities
  cidr s@15-19 =encryption-strict-egress-cidr
  egress m@19-
   allowRemoteNodeIdentities b =encryption-strict-egress-allow-remote-node-identities
   cidr s =encryption-strict-egress-cidr
   enabled b =enable-encryption-strict-mode-egress
  enabled b@15-19 =enable-encryption-strict-mode-egress
  ingress m@19-
   enabled b =enable-encryption-strict-mode-ingress
 type s
 wireguard m
  encapsulate *@14 =wireguard-encapsulate
  persistentKeepalive s@15- =wireguard-persistent-keepalive
  userspaceFallback b@-16 =enable-wireguard-userspace-fallback
 ztunnel m@19-
  affinity f
  annotations f
  ca m@20
   type {spire|internal} =ztunnel-ca-type
  caAddress s
  extraEnv l
  extraVolumeMounts l
  extraVolumes l
  healthPort i
  image m
   digest s
   override s
   pullPolicy s
   repository s
   tag s
   useDigest b
  minReadySeconds i@20
  nodeSelector f
   kubernetes.io/os s
  podAnnotations f
  podLabels f
  priorityClassName s
  readinessProbe m
   failureThreshold i
   initialDelaySeconds i
   periodSeconds i
  resources f
   requests m
    cpu s
    memory s
  secrets m
   bootstrapRootCert s
  terminationGracePeriodSeconds i
  tolerations l
  updateStrategy f
   rollingUpdate m
    maxSurge i
    maxUnavailable i
   type s
endpointHealthChecking m
 enabled b
endpointLockdownOnMapOverflow b@17- =enable-endpoint-lockdown-on-policy-overflow
endpointPolicyUpdateTimeoutDuration z@18-19,s@20 =endpoint-policy-update-timeout
endpointRoutes m
 enabled bs =enable-endpoint-routes
endpointStatus m@-15
 enabled b
 status s =endpoint-status
eni m
 awsEnablePrefixDelegation b =aws-enable-prefix-delegation
 awsReleaseExcessIPs b =aws-release-excess-ips
 ec2APIEndpoint s =ec2-api-endpoint
 enabled b
 eniTags f =eni-tags
 gcInterval s =eni-gc-interval
 gcTags f =eni-gc-tags
 iamRole s
 instanceTagsFilter l =instance-tags-filter
 nodeSpec m@19-
  deleteOnTermination b =eni-delete-on-termination
  disablePrefixDelegation b =eni-disable-prefix-delegation
  excludeInterfaceTags l =eni-exclude-interface-tags
  firstInterfaceIndex i =eni-first-interface-index
  securityGroupTags l =eni-security-group-tags
  securityGroups l =eni-security-groups
  subnetIDs l =eni-subnet-ids
  subnetTags l =eni-subnet-tags
  usePrimaryAddress b =eni-use-primary-address
 subnetIDsFilter l =subnet-ids-filter
 subnetTagsFilter l =subnet-tags-filter
 updateEC2AdapterLimitViaAPI b@-17 =update-ec2-adapter-limit-via-api
envoy m
 affinity f
  nodeAffinity m
   requiredDuringSchedulingIgnoredDuringExecution m
    nodeSelectorTerms l
  podAffinity m
   requiredDuringSchedulingIgnoredDuringExecution l
  podAntiAffinity m
   requiredDuringSchedulingIgnoredDuringExecution l
 annotations f@15-
 baseID i@16- =envoy-base-id
 bootstrapConfigMap s@17-
 clusterMaxConnections i@19- =proxy-cluster-max-connections
 clusterMaxPendingRequests i@20 =proxy-cluster-max-pending-requests
 clusterMaxRequests i@19- =proxy-cluster-max-requests
 connectTimeoutSeconds i =proxy-connect-timeout
 debug m@16-
  admin m
   enabled b
   port i =proxy-admin-port
 dnsPolicy s
 enabled b =external-envoy-proxy
 extraArgs l
 extraContainers l
 extraEnv l
 extraHostPathMounts l
 extraVolumeMounts l
 extraVolumes l
 healthPort i
 httpRetryCount i@17- =http-retry-count
 httpUpstreamLingerTimeout z@18-19,i@20 =envoy-http-upstream-linger-timeout
 idleTimeoutDurationSeconds i =proxy-idle-timeout-seconds
 image m
  digest s
  override s
  pullPolicy s
  repository s
  tag s
  useDigest b
 initContainers l@19-
 initialFetchTimeoutSeconds i@16- =proxy-initial-fetch-timeout
 livenessProbe m
  enabled b@18-
  failureThreshold i
  initialDelaySeconds i@20
  periodSeconds i
  timeoutSeconds i@20
 log m
  accessLogBufferSize i@16- =envoy-access-log-buffer-size
  accessLogEnabled b@20 =envoy-access-log-enabled
  defaultLevel {trace|debug|info|warning|error|critical|off}@17- =envoy-default-log-level
  format s
  format_json f@17-
  path s =envoy-log
 maxConcurrentRetries i@17- =proxy-max-concurrent-retries
 maxConnectionDurationSeconds i =proxy-max-connection-duration-seconds
 maxGlobalDownstreamConnections i@19- =proxy-max-active-downstream-connections
 maxRequestsPerConnection i =proxy-max-requests-per-connection
 minReadySeconds i@20
 nodeLocality m@20
  enabled b =envoy-node-locality-enabled
 nodeSelector f
  kubernetes.io/os s
 podAnnotations f
 podLabels f
 podSecurityContext f
  appArmorProfile m@15-
   type s
 policyRestoreTimeoutDuration s@17- =envoy-policy-restore-timeout
 priorityClassName s
 prometheus m
  enabled b
  port s =proxy-prometheus-port
  serviceMonitor m
   annotations f
   enabled b
   interval s
   labels f
   metricRelabelings l
   namespace *
   relabelings l
   scrapeTimeout s@18-
 readinessProbe m
  failureThreshold i
  initialDelaySeconds i@20
  periodSeconds i
  timeoutSeconds i@20
 resources f
 rollOutPods b
 securityContext m
  capabilities m
   envoy l
   keepCapNetBindService b@16- =envoy-keep-cap-netbindservice
  privileged b
  seLinuxOptions f
   level s
   type s
 startupProbe m
  enabled b@18-
  failureThreshold i
  initialDelaySeconds i@20
  periodSeconds i
  timeoutSeconds i@20
 streamIdleTimeoutDurationSeconds i@18- =http-stream-idle-timeout
 terminationGracePeriodSeconds i
 tolerations l
 updateStrategy f
  rollingUpdate m
   maxUnavailable is
  type s
 useOriginalSourceAddress b@19- =proxy-use-original-source-address
 xdsMode {split|ads|strict-ads}@20
 xffNumTrustedHopsL7PolicyEgress i =proxy-xff-num-trusted-hops-egress
 xffNumTrustedHopsL7PolicyIngress i =proxy-xff-num-trusted-hops-ingress
envoyConfig m
 enabled b
 retryInterval s@16- =envoy-config-retry-interval
 secretsNamespace m
  create b
  name s =envoy-secrets-namespace
etcd m
 affinity *@-15
 annotations f@15
 clusterDomain s@-15
 clusterSize *@-15
 enabled b
 endpoints l
 extraArgs l@-15
 extraVolumeMounts l@-15
 extraVolumes l@-15
 image m@-15
  digest s
  override *
  pullPolicy s
  repository s
  tag s
  useDigest b
 k8sService b@-15
 managed *@-15
 nodeSelector f@-15
  kubernetes.io/os s
 podAnnotations f@-15
 podDisruptionBudget m@-15
  enabled b
  maxUnavailable i
  minAvailable *
 podLabels f@-15
 podSecurityContext f@-15
 priorityClassName s@-15
 resources f@-15
 securityContext f@-15
 ssl b
 tolerations l@-15
 topologySpreadConstraints l@-15
 updateStrategy f@-15
  rollingUpdate m
   maxSurge i
   maxUnavailable i
  type s
externalIPs m@-16
 enabled b =enable-external-ips
externalWorkloads m@-17
 enabled b
extraArgs l
extraConfig f
extraContainers l
extraEnv l
extraHostPathMounts l
extraInitContainers l@16-
extraVolumeMounts l
extraVolumes l
forceDeviceDetection b@16- =force-device-detection
fragmentTracking * =enable-ipv4-fragment-tracking
gatewayAPI m
 enableAlpn b@16- =enable-gateway-api-alpn
 enableAppProtocol b@16- =enable-gateway-api-app-protocol
 enableProxyProtocol b@16- =enable-gateway-api-proxy-protocol
 enabled b =enable-gateway-api
 externalTrafficPolicy s@16- =gateway-api-service-externaltrafficpolicy
 gatewayClass m@16-
  create s@16-19,bs@20
 hostNetwork m@16-
  enabled b =gateway-api-hostnetwork-enabled
  nodes m
   matchLabels f =gateway-api-hostnetwork-nodelabelselector
 secretsNamespace m
  create b
  name s =gateway-api-secrets-namespace
  sync b =enable-gateway-api-secrets-sync
 useRemoteAddress b@20 =gateway-api-use-remote-address
 xffNumTrustedHops i@16- =gateway-api-xff-num-trusted-hops
gke m
 disableDefaultSnat *
 enabled b
global f@16-
healthCheckICMPFailureThreshold i@17- =health-check-icmp-failure-threshold
healthChecking b =enable-health-checking
healthPort i =agent-health-port
highScaleIPcache m@-17
 enabled b =enable-high-scale-ipcache
hostFirewall m
 enabled b =enable-host-firewall
hostPort m@-17
 enabled b =enable-host-port
hubble m
 annotations f@15-
 dropEventEmitter m@16-
  enabled b =hubble-drop-events
  interval s =hubble-drop-events-interval
  reasons l =hubble-drop-events-reasons
 enabled b =enable-hubble
 eventBufferCapacity * =hubble-event-buffer-capacity
 eventQueueSize * =hubble-event-queue-size
 export m@15-
  aggregationInterval *@19- =hubble-export-aggregation-interval
  dynamic m
   config m
    configMapName s
    content l
    createConfigMap b
   enabled b
  fileCompress *@18- =hubble-export-file-compress
  fileMaxBackups i@15-17,*@18- =hubble-export-file-max-backups
  fileMaxSizeMb i@15-17,*@18- =hubble-export-file-max-size-mb
  static m
   aggregationInterval s@19-
   allowList l =hubble-export-allowlist
   denyList l =hubble-export-denylist
   enabled b
   fieldAggregate l@19- =hubble-export-fieldaggregate
   fieldMask l =hubble-export-fieldmask
   fileCompress b@18-
   fileMaxBackups i@18-
   fileMaxSizeMb i@18-
   filePath s =hubble-export-file-path
 hostUsers b@20
 listenAddress s =hubble-listen-address
 lostEventSendInterval *@19- =hubble-lost-event-send-interval
 metrics m
  dashboards m
   annotations f
   enabled b
   label s
   labelValue s
   namespace s
  dynamic m@17-
   config m
    configMapName s
    content l
    createConfigMap b
   enabled b
  enableOpenMetrics b =enable-hubble-open-metrics
  enabled l =hubble-metrics
  port i =hubble-metrics-server
  serviceAnnotations f
  serviceMonitor m
   annotations f
   enabled b
   interval s
   jobLabel s@15-
   labels f
   metricRelabelings l
   relabelings l
   scrapeTimeout s@18-
   tlsConfig f@16-
  tls m@16-
   enabled b =hubble-metrics-server-enable-tls
   server m
    cert s
    existingSecret s
    extraDnsNames l
    extraIpAddresses l
    key s
    mtls m
     enabled b
     key s
     name z@16-19,s@20
     useSecret b
 networkPolicyCorrelation m@18-
  enabled b =hubble-network-policy-correlation-enabled
 peerService m
  clusterDomain s
  servicePort *
  targetPort i
 preferIpv6 b =hubble-prefer-ipv6
 redact m@15-
  enabled b
  http m
   headers m
    allow l =hubble-redact-http-headers-allow
    deny l =hubble-redact-http-headers-deny
   urlQuery b =hubble-redact-http-urlquery
   userInfo b =hubble-redact-http-userinfo
  kafka m@15-19
   apiKey b =hubble-redact-kafka-apikey
 relay m
  affinity f
   podAffinity m
    requiredDuringSchedulingIgnoredDuringExecution l
  annotations f@15-
  dialTimeout s@-17
  enabled b
  extraEnv l
  extraVolumeMounts l
  extraVolumes l
  gops m
   enabled b
   port i
  image m
   digest s
   override s
   pullPolicy s
   repository s
   tag s
   useDigest b
  listenHost s
  listenPort s
  logOptions m@18-
   format s
   level s
  nodeSelector f
   kubernetes.io/os s
  podAnnotations f
  podDisruptionBudget m
   enabled b
   maxUnavailable is
   minAvailable is
   unhealthyPodEvictionPolicy s@18-
  podLabels f
  podSecurityContext f
   fsGroup i
   seccompProfile m@18-
    type s
  pprof m
   address s
   blockProfileRate i@19-
   enabled b
   mutexProfileFraction i@19-
   port i
  priorityClassName s
  prometheus m
   enabled b
   port i
   serviceMonitor m
    annotations f
    enabled b
    interval s
    labels f
    metricRelabelings l
    namespace *
    relabelings l
    scrapeTimeout s@18-
  replicas i
  resources f
  retryTimeout s
  rollOutPods b
  securityContext f
   allowPrivilegeEscalation b@18-
   capabilities m
    drop l
   readOnlyRootFilesystem b@20
   runAsGroup i
   runAsNonRoot b
   runAsUser i
   seccompProfile m@18-
    type s
  service m
   nodePort i
   type s
  servicePort *
  sortBufferDrainTimeout s
  sortBufferLenMax i
  terminationGracePeriodSeconds i
  tls m
   client m
    cert s
    existingSecret s@16-
    key s
   server m
    cert s
    enabled b
    existingSecret s@16-
    extraDnsNames l
    extraIpAddresses l
    key s
    mtls b
    relayName s@15-
  tolerations l
  topologySpreadConstraints l
  updateStrategy f
   rollingUpdate m
    maxUnavailable is
   type s
 skipUnknownCGroupIDs b =hubble-skip-unknown-cgroup-ids
 socketPath s =hubble-socket-path
 tls m
  auto m
   certManagerIssuerRef f
   certValidityDuration i
   enabled b
   method s
   privateKey f@20
   schedule s
   subject f@20
  enabled b
  server m
   cert s
   existingSecret s@16-
   extraDnsNames l
   extraIpAddresses l
   key s
 ui m
  affinity f
  annotations f@15-
  backend m
   extraEnv l
   extraVolumeMounts l
   extraVolumes l
   image m
    digest s
    override s
    pullPolicy s
    repository s
    tag s
    useDigest b
   livenessProbe m@15-19
    enabled b
   readinessProbe m@15-19
    enabled b
   resources f
   securityContext f
    allowPrivilegeEscalation b@18-
    capabilities m@20
     drop l
  baseUrl s
  enabled b
  frontend m
   extraEnv l
   extraVolumeMounts l
   extraVolumes l
   image m
    digest s
    override s
    pullPolicy s
    repository s
    tag s
    useDigest b
   resources f
   securityContext f
    allowPrivilegeEscalation b@18-
    capabilities m@20
     drop l
   server m
    ipv6 m
     enabled b
  ingress m
   annotations f
   className s
   enabled b
   hosts l
   labels f
   tls l
  labels f@17-
  nodeSelector f
   kubernetes.io/os s
  podAnnotations f
  podDisruptionBudget m
   enabled b
   maxUnavailable is
   minAvailable is
   unhealthyPodEvictionPolicy s@18-
  podLabels f
  priorityClassName s
  replicas i
  rollOutPods b
  securityContext f
   fsGroup i
   runAsGroup i
   runAsNonRoot b@20
   runAsUser i
   seccompProfile m@20
    type s
  service m
   annotations f
   labels f@18-
   nodePort i
   type s
  standalone m
   enabled b
   tls m
    certsVolume f
  tls m
   client m
    cert s
    existingSecret s@16-
    key s
  tmpVolume f@19-
  tolerations l
  topologySpreadConstraints l
  updateStrategy f
   rollingUpdate m
    maxUnavailable is
   type s
identityAllocationMode s =identity-allocation-mode
identityChangeGracePeriod s =identity-change-grace-period
identityManagementMode {agent|operator|both}@18- =identity-management-mode
image m
 digest s
 override s
 pullPolicy s
 repository s
 tag s
 useDigest b
imagePullSecrets l
ingressController m
 default b
 defaultSecretName s =ingress-default-secret-name
 defaultSecretNamespace s =ingress-default-secret-namespace
 enableProxyProtocol b@15- =enable-ingress-proxy-protocol
 enabled b =enable-ingress-controller
 enforceHttps b =enforce-ingress-https
 hostNetwork m@16-
  enabled b =ingress-hostnetwork-enabled
  httpPort i@20 =ingress-hostnetwork-http-listener-port
  httpsPort i@20 =ingress-hostnetwork-https-listener-port
  nodes m
   matchLabels f =ingress-hostnetwork-nodelabelselector
  sharedListenerPort i =ingress-hostnetwork-shared-listener-port
  tlsPassthroughPort i@20 =ingress-hostnetwork-tls-passthrough-listener-port
 ingressLBAnnotationPrefixes l =ingress-lb-annotation-prefixes
 loadbalancerMode s =ingress-default-lb-mode
 secretsNamespace m
  create b
  name s =ingress-secrets-namespace
  sync b =enable-ingress-secrets-sync
 service m
  allocateLoadBalancerNodePorts b
  annotations f
  externalTrafficPolicy s@16-
  insecureNodePort i
  labels f
  loadBalancerClass s
  loadBalancerIP s
  name s =ingress-shared-lb-service-name
  secureNodePort i
  type s
 useRemoteAddress b@20 =ingress-use-remote-address
 xffNumTrustedHops i@20 =ingress-default-xff-num-trusted-hops
initResources f
installNoConntrackIptablesRules b =install-no-conntrack-iptables-rules
ipMasqAgent m
 config *
 enabled b
ipam m
 ciliumNodeUpdateRate s =ipam-cilium-node-update-rate
 installUplinkRoutesForDelegatedIPAM b@17- =install-uplink-routes-for-delegated-ipam
 mode s
 multiPoolPreAllocation s@17- =ipam-multi-pool-pre-allocation
 nodeSpec m@19-
  ipamMaxAllocate i =ipam-max-allocate
  ipamMinAllocate i =ipam-min-allocate
  ipamPreAllocate i =ipam-pre-allocate
  ipamStaticIPTags l =ipam-static-ip-tags
 operator m
  autoCreateCiliumPodIPPools f
  clusterPoolIPv4MaskSize i =cluster-pool-ipv4-mask-size
  clusterPoolIPv4PodCIDR *@-18
  clusterPoolIPv4PodCIDRList ls =cluster-pool-ipv4-cidr
  clusterPoolIPv6MaskSize i =cluster-pool-ipv6-mask-size
  clusterPoolIPv6PodCIDR *@-18
  clusterPoolIPv6PodCIDRList ls =cluster-pool-ipv6-cidr
  externalAPILimitBurstSize i =limit-ipam-api-burst
  externalAPILimitQPS n =limit-ipam-api-qps
iptablesLockTimeout * =iptables-lock-timeout
iptablesRandomFully *@-16,b@17- =iptables-random-fully
ipv4 m
 enabled b =enable-ipv4
ipv4NativeRoutingCIDR s =ipv4-native-routing-cidr
ipv6 m
 enabled b =enable-ipv6
ipv6NativeRoutingCIDR s =ipv6-native-routing-cidr
k8s m
 apiServerURLs *@18-19,s@20 =k8s-api-server-urls
 requireIPv4PodCIDR b =k8s-require-ipv4-pod-cidr
 requireIPv6PodCIDR b =k8s-require-ipv6-pod-cidr
 serviceProxyName * =k8s-service-proxy-name
k8sClientExponentialBackoff m@18-
 backoffBaseSeconds i
 backoffMaxDurationSeconds i
 enabled b
k8sClientRateLimit m
 burst i =k8s-client-burst
 operator m@17-
  burst i
  qps i
 qps i =k8s-client-qps
k8sClusterNetworkPolicy m@20
 enabled b =enable-k8s-cluster-network-policy
k8sNetworkPolicy m
 enabled b =enable-k8s-networkpolicy
k8sServiceHost s
k8sServiceHostRef m@18-
 key s
 name s
k8sServiceLookupConfigMapName s@17-
k8sServiceLookupNamespace s@17-
k8sServicePort is
keepDeprecatedLabels b
keepDeprecatedProbes b
kubeConfigPath s =k8s-kubeconfig-path
kubeProxyReplacement *@-17,bs@18-
kubeProxyReplacementHealthzBindAddr s =kube-proxy-replacement-healthz-bind-address
l2NeighDiscovery m
 enabled b =enable-l2-neigh-discovery
 refreshPeriod s@-17 =arping-refresh-period
l2announcements m
 enabled b =enable-l2-announcements
 leaseDuration * =l2-announcements-lease-duration
 leaseRenewDeadline * =l2-announcements-renew-deadline
 leaseRetryPeriod * =l2-announcements-retry-period
l2podAnnouncements m
 enabled b =enable-l2-pod-announcements
 interface s@-18 =l2-pod-announcements-interface
 interfacePattern *@18,s@19- =l2-pod-announcements-interface-pattern
l7Proxy b =enable-l7-proxy
labels *
livenessProbe m
 failureThreshold i
 periodSeconds i
 requireK8sConnectivity b@16-
loadBalancer m
 acceleration s =bpf-lb-acceleration
 algorithm * =bpf-lb-algorithm
 dsrDispatch * =bpf-lb-dsr-dispatch
 experimental b@17 =enable-experimental-lb
 l7 m
  algorithm s =loadbalancer-l7-algorithm
  backend s
  ports l =loadbalancer-l7-ports
 mode * =bpf-lb-mode
 protocolDifferentiation *@17-18
 reflectorWaitTime *@20 =lb-reflector-wait-time
 serviceTopology *@-18,b@19- =enable-service-topology
 standalone *@-18 =bpf-lb-only
localRedirectPolicies m@18-
 addressMatcherCIDRs l =lrp-address-matcher-cidrs
 enabled b
localRedirectPolicy b =enable-local-redirect-policy
logOptions * =log-opt
logSystemLoad b =log-system-load
maglev m
 hashSeed * =bpf-lb-maglev-hash-seed
 tableSize * =bpf-lb-maglev-table-size
minReadySeconds i@20
monitor m
 enabled b
 eventTypes *
 resources *
name s
namespaceOverride s@17-
nat m@16-
 mapStatsEntries i =nat-map-stats-entries
 mapStatsInterval s =nat-map-stats-interval
nat46x64Gateway m
 enabled b =enable-nat46x64-gateway
nativeRoutingCIDRFromClusterPool b@20
nodeIPAM m@16-
 enabled b =enable-node-ipam
nodeLabels *@18- =node-labels
nodePort m =nodeport-addresses
 addresses ls@16-
 autoProtectPortRange b =enable-auto-protect-node-port-range
 bindProtection b =node-port-bind-protection
 directRoutingDevice * =direct-routing-device
 enableDynamicSourceLookup b@20 =enable-dynamic-source-lookup-nodeport
 enableHealthCheck b =enable-health-check-nodeport
 enableHealthCheckLoadBalancerIP b@15- =enable-health-check-loadbalancer-ip
 enabled b@-18 =enable-node-port
 range *
nodeSelector f
 kubernetes.io/os s
nodeSelectorLabels b@16- =enable-node-selector-labels
nodeinit m
 affinity f
 annotations f@15-
 bootstrapFile s
 enabled b
 extraEnv l
 extraVolumeMounts l
 extraVolumes l
 image m
  digest s
  override s
  pullPolicy s
  repository s
  tag s
  useDigest b
 minReadySeconds i@20
 nodeSelector f
  kubernetes.io/os s
 podAnnotations f
 podLabels f
 podSecurityContext f@15-
  appArmorProfile m
   type s
 prestop m
  postScript s
  preScript s
 priorityClassName s
 reconfigureKubelet *
 removeCbrBridge *
 resources f
  requests m
   cpu s@-18,is@19-
   memory s
 revertReconfigureKubelet *
 securityContext f
  allowPrivilegeEscalation b@18-
  capabilities m
   add l
  privileged b
  seLinuxOptions m
   level s
   type s
 startup m
  postScript s
  preScript s
 tolerations l
 updateStrategy f
  type s
 waitForCloudInit b@19-
nonIdempotentAnnotations *@19-
operator m
 affinity f
  podAntiAffinity m
   requiredDuringSchedulingIgnoredDuringExecution l
 annotations f@15-
 dashboards m
  annotations f
  enabled b
  label s
  labelValue s
  namespace s
 dnsPolicy s
 enabled b
 endpointGCInterval s =cilium-endpoint-gc-interval
 extraArgs l
 extraEnv l
 extraHostPathMounts l
 extraVolumeMounts l
 extraVolumes l
 hostNetwork b@16-
 hostUsers b@20
 identityGCInterval s =identity-gc-interval
 identityHeartbeatTimeout s =identity-heartbeat-timeout
 image m
  alibabacloudDigest s
  awsDigest s
  azureDigest s
  genericDigest s
  override s
  pullPolicy s
  repository s
  suffix s
  tag s
  useDigest b
 nodeGCInterval s =nodes-gc-interval
 nodeSelector f
  kubernetes.io/os s
 podAnnotations f
 podDisruptionBudget m
  enabled b
  maxUnavailable is
  minAvailable is
  unhealthyPodEvictionPolicy s@18-
 podLabels f
 podSecurityContext f
  seccompProfile m@18-
   type s
 pprof m
  address s =operator-pprof-address
  blockProfileRate i@19- =operator-pprof-block-profile-rate
  enabled b =operator-pprof
  mutexProfileFraction i@19- =operator-pprof-mutex-profile-fraction
  port i =operator-pprof-port
 priorityClassName s
 prometheus m
  enabled b
  metricsService b@17-
  port i =operator-prometheus-serve-addr
  serviceMonitor m
   annotations f
   enabled b
   interval s
   jobLabel s@15-
   labels f
   metricRelabelings l
   namespace *
   relabelings l
   scrapeTimeout s@18-
  tls m@19-
   enabled b
   server m
    existingSecret s
    mtls m
     enabled b
 removeNodeTaints b =remove-cilium-node-taints
 replicas i
 resources f
 rollOutPods b
 securityContext f
  allowPrivilegeEscalation b@18-
  capabilities m@18-
   drop l
 setNodeNetworkStatus b =set-cilium-is-up-condition
 setNodeTaints b
 skipCNPStatusStartupClean b@-15 =skip-cnp-status-startup-clean
 skipCRDCreation b =skip-crd-creation
 tolerations l
 topologySpreadConstraints l
 unmanagedPodWatcher m
  intervalSeconds i =unmanaged-pod-watcher-interval
  restart b
  selector s@19- =pod-restart-selector
 updateStrategy f
  rollingUpdate m
   maxSurge is
   maxUnavailable is
  type s
pmtuDiscovery m
 enabled b =enable-pmtu-discovery
 packetizationLayerPMTUDMode s@19- =packetization-layer-pmtud-mode
podAnnotations f
podLabels f
podSecurityContext f
 appArmorProfile m@15-
  type s
 seccompProfile m@16-
  type s
policyAuditMode * =policy-audit-mode
policyCIDRMatchMode ls@15- =policy-cidr-match-mode
policyDenyResponse s@19- =policy-deny-response
policyEnforcementMode s =enable-policy
pprof m
 address s =pprof-address
 blockProfileRate i@19- =pprof-block-profile-rate
 enabled b
 mutexProfileFraction i@19- =pprof-mutex-profile-fraction
 port i =pprof-port
preferIpv6 b@20
preflight m
 affinity f
  podAffinity m
   requiredDuringSchedulingIgnoredDuringExecution l
 annotations f@15-
 enabled b
 envoy m@18-
  image m
   digest s
   override s
   pullPolicy s
   repository s
   tag s
   useDigest b
 extraEnv l
 extraVolumeMounts l
 extraVolumes l
 image m
  digest s
  override s
  pullPolicy s
  repository s
  tag s
  useDigest b
 nodeSelector f
  kubernetes.io/os s
 podAnnotations f
 podDisruptionBudget m
  enabled b
  maxUnavailable is
  minAvailable is
  unhealthyPodEvictionPolicy s@18-
 podLabels f
 podSecurityContext f
 priorityClassName s
 readinessProbe m@16-
  initialDelaySeconds i
  periodSeconds i
 resources f
 securityContext f
  allowPrivilegeEscalation b@18-
 terminationGracePeriodSeconds i
 tofqdnsPreCache s@-19
 tolerations l
 updateStrategy m
  type s
 validateCNPs b
priorityClassName s
prometheus m
 controllerGroupMetrics l@15- =controller-group-metrics
 enabled b
 metrics l
 metricsService b@17-
 port i =prometheus-serve-addr
 serviceMonitor m
  annotations f
  enabled b
  interval s
  jobLabel s@15-
  labels f
  metricRelabelings l
  namespace *
  relabelings l
  scrapeTimeout s@18-
  trustCRDsExist b
proxy m@-15
 prometheus m
  enabled b
  port * =proxy-prometheus-port
 sidecarImageRegex s =sidecar-istio-proxy-image
rbac m
 create b
readinessProbe m
 failureThreshold i
 periodSeconds i
remoteNodeIdentity b@-15 =enable-remote-node-identity
resourceQuotas m
 cilium m
  hard m
   pods s
 enabled b
 operator m
  hard m
   pods s
resources f
rollOutCiliumPods b
routingMode s =routing-mode
scheduling m@17-
 mode {anti-affinity|kube-scheduler}
sctp m
 enabled b =enable-sctp
secretsNamespaceAnnotations f@18-
secretsNamespaceLabels f@19-
securityContext m
 allowPrivilegeEscalation b@18-
 capabilities m
  applySysctlOverwrites l
  ciliumAgent l
  cleanCiliumState l
  mountCgroup l
 privileged b
 seLinuxOptions f
  level s
  type s
serviceAccounts m
 cilium m
  annotations f
  automount b
  create b
  name s
 clustermeshApiserver m
  annotations f
  automount b
  create b
  name s
 clustermeshcertgen m
  annotations f
  automount b
  create b
  name s
 corednsMCSAPI m@19-
  annotations f
  automount b
  create b
  name s
 envoy m
  annotations f
  automount b
  create b
  name s
 etcd m@-15
  annotations f
  automount b
  create b
  name s
 hubblecertgen m
  annotations f
  automount b
  create b
  name s
 nodeinit m
  annotations f
  automount b
  create b
  enabled b
  name s
 operator m
  annotations f
  automount b
  create b
  name s
 preflight m
  annotations f
  automount b
  create b
  name s
 relay m
  annotations f
  automount b
  create b
  name s
 ui m
  annotations f
  automount b
  create b
  name s
 ztunnel m@19-
  annotations f
  automount b
  create b
  name s
serviceNoBackendResponse s@15- =service-no-backend-response
sessionAffinity *@-18 =enable-session-affinity
sleepAfterInit b
socketLB m
 enabled b
 hostNamespaceOnly *
 terminatePodConnections *@16-
 tracing *@16-
standaloneDnsProxy m@19-
 annotations f
 automountServiceAccountToken b
 debug b
 enabled b =enable-standalone-dns-proxy
 image m
  digest s
  override s
  pullPolicy s
  repository s
  tag s
  useDigest b
 minReadySeconds i@20
 nodeSelector f
  kubernetes.io/os s
 rollOutPods b
 serverPort i =standalone-dns-proxy-server-port
 tolerations l
 updateStrategy f
  rollingUpdate m
   maxSurge i
   maxUnavailable i
  type s
startupProbe m
 failureThreshold i
 periodSeconds i
svcSourceRangeCheck b@-18 =enable-svc-source-range-check
synchronizeK8sNodes b =synchronize-k8s-nodes
sysctlfix m
 enabled b
terminationGracePeriodSeconds i
tls m
 ca m
  cert s
  certValidityDuration i
  key s
 caBundle m
  content *
  enabled b
  key s
  name s
  useSecret b
 readSecretsOnlyFromSecretsNamespace b@17-
 secretSync m@17-
  enabled b
 secretsBackend s
 secretsNamespace m@17-
  create b
  name s =policy-secrets-namespace
tmpVolume f@19-
tolerations l
tunnel s@14
tunnelPort i =tunnel-port
tunnelProtocol s =tunnel-protocol
tunnelSourcePortRange s@17- =tunnel-source-port-range
underlayProtocol s@18- =underlay-protocol
updateStrategy f
 rollingUpdate m
  maxUnavailable is
 type s
upgradeCompatibility s
vtep m
 cidr s =vtep-cidr
 enabled b =enable-vtep
 endpoint s =vtep-endpoint
 mac s =vtep-mac
 mask s =vtep-mask
waitForKubeProxy b
wellKnownIdentities m
 enabled b
`
