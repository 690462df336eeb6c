/**
 * The checklist that is part of the program, as its users see it: `kubectl perf accept --print-suite` prints it, and
 * docs/accept-suite.yaml is a copy.
 */
export const DEFAULT_SUITE = `# The default suite of "kubectl perf accept". Copy it, change it, and run it with --suite FILE.
# Items are measured from the lightest to the heaviest, whatever their order here. Format: docs/accept-suite.schema.json
name: default
description: Is this cluster fit for work?
items:
  - name: max-pods
    level: recommended
    description: There is room for more pods
    command: maxpods-check
    parameters:
      pods: 10
    thresholds:
      - cluster_free_pods >= 10

  - name: api-responsiveness
    level: required
    # 200 ConfigMaps are created, listed, updated and deleted at 50 per second. The limits are the service levels that
    # Kubernetes aims at (p99 within a window): 1 s for single objects, 5 s for lists within a namespace.
    description: The API server answers within the service levels of Kubernetes
    command: density
    parameters:
      workload: api-load
      iterations: 10
      configmaps: 20
      namespaces: single
      qps: 50
    thresholds:
      - api_request_latency{verb=create,resource=configmaps}.p99 < 1s
      - api_request_latency{verb=patch,resource=configmaps}.p99 < 1s
      - api_request_latency{verb=list,resource=configmaps}.max < 5s

  - name: service-reachability
    level: required
    description: A new Service can be reached by its address, its port on each node, and its name, and soon
    command: service-reachability
    thresholds:
      - service_unreachable.max == 0
      - service_reachable_latency{since=created}.max < 10s
    timeout: 5m

  - name: dns-latency
    level: required
    description: The names of the cluster are looked up, and fast
    command: dns-latency
    thresholds:
      - dns_lookup_errors.max == 0
      - dns_lookup_latency{name=fqdn}.p99 < 100ms
    timeout: 5m

  - name: network-policy
    level: recommended
    # From the creation of a policy to its effect. Where the network does not enforce policies, the item does not apply.
    description: Network policies are enforced, and soon
    command: network-policy
    thresholds:
      - network_policy_without_effect.max == 0
      - network_policy_enforcement_latency.p99 < 5s
    # Cilium alone says how often it failed to renew the rules of a pod.
    thresholdsWhereReported:
      - network_policy_failed_regenerations <= 0.01%
    timeout: 5m

  - name: load-balancer
    level: optional
    # Where nothing gives addresses to Services of type LoadBalancer, the item does not apply.
    description: A Service of type LoadBalancer gets an address, and soon
    command: load-balancer
    thresholds:
      - load_balancer_assigned_latency.max < 2m
    timeout: 10m

  - name: pod-startup
    level: required
    # The service level of Kubernetes for pods whose image is on the node: 5 s. No faster than small nodes start them, so
    # that it is the start of a pod that is measured, and not the wait for others.
    description: Pods get ready soon
    command: density
    parameters:
      workload: pods
      iterations: 30
      namespaces: single
      qps: 2
    thresholds:
      - pod_ready_latency.p90 < 5s
      - pod_ready_latency.max < 30s

  # The next four are measured by the same pods, in turns.
  - name: tcp-connectivity
    level: required
    description: Pods on two nodes reach each other by TCP
    command: netperf
    parameters: &one-pair
      protocol: tcp
      ratio: 1:1
      duration: 5s
      samples: 3
    thresholds:
      - tcp_throughput.mean > 0bit/s
    timeout: 10m

  - name: tcp-bandwidth
    level: required
    description: A pair of pods on two nodes has more than 1000 kB/s
    command: netperf
    parameters: *one-pair
    thresholds:
      - tcp_throughput.min > 8Mbit/s
    timeout: 10m

  - name: udp-quality
    level: recommended
    # A loss of 0.1% takes 25,000 datagrams to be told: at lower rates a sample gets longer.
    description: Datagrams at 50 Mbit/s arrive, and evenly
    command: netperf
    parameters:
      <<: *one-pair
      protocol: udp
      bandwidth: 50M
    thresholds:
      - udp_jitter.max < 5ms
      - udp_loss.max < 0.1%
    timeout: 10m

  - name: http-latency
    level: recommended
    description: HTTP requests are answered fast under load
    command: netperf
    parameters:
      <<: *one-pair
      protocol: http
      requests-per-second: 500
    thresholds:
      - http_request_latency.p99 <= 10ms
      - http_errors.max == 0
    timeout: 10m

  - name: pair-consistency
    level: recommended
    description: Ten pairs that send at once get about the same
    command: netperf
    parameters:
      protocol: tcp
      ratio: 10:10
      duration: 10s
      samples: 1
      cpu-request: 10m
    thresholds:
      - pair_tcp_throughput.p05/pair_tcp_throughput.p50 > 0.7
    timeout: 10m

  - name: pair-consistency-50
    level: optional
    description: Fifty pairs that send at once get about the same
    command: netperf
    parameters:
      protocol: tcp
      ratio: 50:50
      duration: 10s
      samples: 1
      cpu-request: 10m
    thresholds:
      - pair_tcp_throughput.p05/pair_tcp_throughput.p50 > 0.7
    timeout: 15m
    appliesWhen:
      nodes: 10
`
