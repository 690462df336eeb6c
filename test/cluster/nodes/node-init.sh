#!/bin/sh
# pid 1 of a real node, in net, mount, pid, uts and ipc namespaces of its own. It makes the machine's file system look like a
# node's, touches "ready" in the node's folder, and then only reaps. Everything that it mounts goes with its mount namespace.
# Usage: node-init.sh CLUSTER NODE FOLDER LOOPBACK
# LOOPBACK: for a node with Cilium, the CNI plugin that Cilium does not bring; else empty.
set -eu
cluster=$1 node=$2 folder=$3 loopback=$4

hostname "$node"

# First of all, since mount(8) keeps notes in /run.
mount -n -t tmpfs -o mode=755 tmpfs /run

# --- cgroups: kubectl-perf-CLUSTER/NODE in every hierarchy, with "system" in it for kubelet, containerd and kube-proxy.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then roots=/sys/fs/cgroup; else roots=$(echo /sys/fs/cgroup/*); fi
for parent in $roots; do
  [ -e "$parent/cgroup.procs" ] || continue
  for part in "kubectl-perf-$cluster" "$node" system; do
    # Version 2: a child has only the controllers that its parent hands down.
    if [ -e "$parent/cgroup.subtree_control" ]; then
      for controller in $(cat "$parent/cgroup.controllers"); do echo "+$controller" >"$parent/cgroup.subtree_control"; done
    fi
    mkdir -p "$parent/$part"
    # Version 1: a cpuset starts empty, and nothing can run in an empty one.
    for file in cpuset.cpus cpuset.mems; do
      if [ -e "$parent/$file" ] && [ ! -e "$parent/cgroup.subtree_control" ]; then cat "$parent/$file" >"$parent/$part/$file"; fi
    done
    parent=$parent/$part
  done
  echo $$ >"$parent/cgroup.procs"
done

# --- a sysfs that shows this network namespace; the cgroup hierarchies are bound back into it.
mount -t proc proc /proc
mkdir -p "$folder/cgroup"
mount --rbind /sys/fs/cgroup "$folder/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$folder/cgroup" /sys/fs/cgroup
umount -l "$folder/cgroup"

# --- folders that kubelet, containerd and the CNI plugins write to under names that cannot be changed.
mount -t tmpfs -o mode=755 tmpfs /var/lib
mount -t tmpfs -o mode=755 tmpfs /var/log
mkdir -p /run/lock /var/lib/kubelet /var/lib/containerd "$folder/kubelet" "$folder/containerd"
mount --bind "$folder/kubelet" /var/lib/kubelet
mount --bind "$folder/containerd" /var/lib/containerd

if [ -n "$loopback" ]; then
  # Pinned BPF maps and programs of this node alone, which end with its last process.
  mount -t bpf bpf /sys/fs/bpf
  # Cilium hooks the sockets of every process in this cgroup: the node's own, never the machine's.
  mkdir -p /run/cilium/cgroupv2
  for root in $roots; do
    if [ -e "$root/cgroup.controllers" ]; then mount --bind "$root/kubectl-perf-$cluster/$node" /run/cilium/cgroupv2; fi
  done
  mkdir -p /var/lib/cni/bin /var/lib/cni/net.d
  cp "$loopback" /var/lib/cni/bin/loopback
  # The agent would change settings of the whole machine.
  mount --bind /proc/sys/kernel /proc/sys/kernel
  mount -o remount,bind,ro /proc/sys/kernel
fi

# --- kubelet insists on these settings, which are the whole machine's. It finds them as it wants them in files of ours, so the
# machine keeps its own.
insist() {
  mkdir -p "$folder/sysctl"
  echo "$2" >"$folder/sysctl/$1"
  mount --bind "$folder/sysctl/$1" "/proc/sys/$(echo "$1" | tr . /)"
}
insist kernel.panic 10
insist kernel.panic_on_oops 1
insist kernel.keys.root_maxkeys 1000000
insist kernel.keys.root_maxbytes 25000000
insist vm.overcommit_memory 1
insist vm.panic_on_oom 0

# These belong to the network namespace.
echo 1 >/proc/sys/net/ipv4/ip_forward
for setting in bridge/bridge-nf-call-iptables bridge/bridge-nf-call-ip6tables ipv6/conf/all/forwarding; do
  if [ -e "/proc/sys/net/$setting" ]; then echo 1 >"/proc/sys/net/$setting"; fi
done

# Volumes that pods mount have to be seen by kubelet and containerd, and the other way round.
mount --make-rshared /
touch "$folder/ready"

# Orphans of the node become children of this shell, which takes their exit status while it waits.
while :; do
  sleep infinity &
  wait
done
