import{a as e,i as t,n,r,t as i}from"./errors-BRNHqTaA.js";
/**
* @license
* Copyright 2019 Google LLC
* SPDX-License-Identifier: Apache-2.0
*/
const a=Symbol(`Comlink.proxy`),o=Symbol(`Comlink.endpoint`),s=Symbol(`Comlink.releaseProxy`),c=Symbol(`Comlink.finalizer`),l=Symbol(`Comlink.thrown`),u=e=>typeof e==`object`&&!!e||typeof e==`function`,d=/* @__PURE__ */ new Map([[`proxy`,{canHandle:e=>u(e)&&e[a],serialize(e){let{port1:t,port2:n}=new MessageChannel;return p(e,t),[n,[n]]},deserialize(e){return e.start(),g(e)}}],[`throw`,{canHandle:e=>u(e)&&l in e,serialize({value:e}){let t;return t=e instanceof Error?{isError:!0,value:{message:e.message,name:e.name,stack:e.stack}}:{isError:!1,value:e},[t,[]]},deserialize(e){throw e.isError?Object.assign(Error(e.value.message),e.value):e.value}}]]);function f(e,t){for(let n of e)if(t===n||n===`*`||n instanceof RegExp&&n.test(t))return!0;return!1}function p(e,t=globalThis,n=[`*`]){t.addEventListener(`message`,function r(i){if(!i||!i.data)return;if(!f(n,i.origin)){console.warn(`Invalid origin '${i.origin}' for comlink proxy`);return}let{id:a,type:o,path:s}=Object.assign({path:[]},i.data),u=(i.data.argumentList||[]).map(ue),d;try{let t=s.slice(0,-1).reduce((e,t)=>e[t],e),n=s.reduce((e,t)=>e[t],e);switch(o){case`GET`:d=n;break;case`SET`:t[s.slice(-1)[0]]=ue(i.data.value),d=!0;break;case`APPLY`:d=n.apply(t,u);break;case`CONSTRUCT`:d=ce(new n(...u));break;case`ENDPOINT`:{let{port1:t,port2:n}=new MessageChannel;p(e,n),d=se(t,[t])}break;case`RELEASE`:d=void 0;break;default:return}}catch(e){d={value:e,[l]:0}}Promise.resolve(d).catch(e=>({value:e,[l]:0})).then(n=>{let[i,s]=le(n);t.postMessage(Object.assign(Object.assign({},i),{id:a}),s),o===`RELEASE`&&(t.removeEventListener(`message`,r),h(t),c in e&&typeof e[c]==`function`&&e[c]())}).catch(e=>{let[n,r]=le({value:/* @__PURE__ */ TypeError(`Unserializable return value`),[l]:0});t.postMessage(Object.assign(Object.assign({},n),{id:a}),r)})}),t.start&&t.start()}function m(e){return e.constructor.name===`MessagePort`}function h(e){m(e)&&e.close()}function g(e,t){let n=/* @__PURE__ */ new Map;return e.addEventListener(`message`,function(e){let{data:t}=e;if(!t||!t.id)return;let r=n.get(t.id);if(r)try{r(t)}finally{n.delete(t.id)}}),re(e,n,[],t)}function _(e){if(e)throw Error(`Proxy has been released and is not useable`)}function ee(e){return de(e,/* @__PURE__ */ new Map,{type:`RELEASE`}).then(()=>{h(e)})}const v=/* @__PURE__ */ new WeakMap,te=`FinalizationRegistry`in globalThis&&new FinalizationRegistry(e=>{let t=(v.get(e)||0)-1;v.set(e,t),t===0&&ee(e)});function ne(e,t){let n=(v.get(t)||0)+1;v.set(t,n),te&&te.register(e,t,e)}function y(e){te&&te.unregister(e)}function re(e,t,n=[],r=function(){}){let i=!1,a=new Proxy(r,{get(r,o){if(_(i),o===s)return()=>{y(a),ee(e),t.clear(),i=!0};if(o===`then`){if(n.length===0)return{then:()=>a};let r=de(e,t,{type:`GET`,path:n.map(e=>e.toString())}).then(ue);return r.then.bind(r)}return re(e,t,[...n,o])},set(r,a,o){_(i);let[s,c]=le(o);return de(e,t,{type:`SET`,path:[...n,a].map(e=>e.toString()),value:s},c).then(ue)},apply(r,a,s){_(i);let c=n[n.length-1];if(c===o)return de(e,t,{type:`ENDPOINT`}).then(ue);if(c===`bind`)return re(e,t,n.slice(0,-1));let[l,u]=ae(s);return de(e,t,{type:`APPLY`,path:n.map(e=>e.toString()),argumentList:l},u).then(ue)},construct(r,a){_(i);let[o,s]=ae(a);return de(e,t,{type:`CONSTRUCT`,path:n.map(e=>e.toString()),argumentList:o},s).then(ue)}});return ne(a,e),a}function ie(e){return Array.prototype.concat.apply([],e)}function ae(e){let t=e.map(le);return[t.map(e=>e[0]),ie(t.map(e=>e[1]))]}const oe=/* @__PURE__ */ new WeakMap;function se(e,t){return oe.set(e,t),e}function ce(e){return Object.assign(e,{[a]:!0})}function le(e){for(let[t,n]of d)if(n.canHandle(e)){let[r,i]=n.serialize(e);return[{type:`HANDLER`,name:t,value:r},i]}return[{type:`RAW`,value:e},oe.get(e)||[]]}function ue(e){switch(e.type){case`HANDLER`:return d.get(e.name).deserialize(e.value);case`RAW`:return e.value}}function de(e,t,n,r){return new Promise(i=>{let a=fe();t.set(a,i),e.start&&e.start(),e.postMessage(Object.assign({id:a},n),r)})}function fe(){return[,,,,].fill(0).map(()=>Math.floor(Math.random()*(2**53-1)).toString(16)).join(`-`)}const pe={linear:e=>e,smooth:e=>(1-Math.cos(Math.PI*e))/2,in:e=>e**3,out:e=>1-(1-e)**3,hold:()=>0},me=Object.keys(pe);function he(e,r){n(typeof r==`function`||me.some(e=>e===r),`option`,()=>`${e}: easing is ${t(r)}, expected ${me.join(`, `)} or a function`)}function ge(e,r){if(typeof e!=`function`)return pe[e](r);let i=e(r);return n(Number.isFinite(i),`option`,()=>`easing function: gave ${t(i)} at ${r}, expected a number`),i}const _e=[`coarse`,`medium`,`fine`,`rgb`],[ve,ye]=[8,32];function be({kind:e,resolution:t}){return e===`rgb`?`rgb`:t<=ve?`coarse`:t<=ye?`medium`:`fine`}function xe(e,t=1){if(typeof t==`number`)return Se(`strength`,t),new Float32Array(e.length).fill(t);for(let[e,r]of Object.entries(t))n(_e.some(t=>t===e),`option`,()=>`strength of "${e}": groups are ${_e.join(`, `)}`),Se(`strength of ${e}`,r);return Float32Array.from(e,e=>t[be(e)]??1)}function Se(e,t){n(Number.isFinite(t),`option`,()=>`${e} is ${t}, expected a finite number, 0 to 1.5`)}function Ce({keyframes:e,frames:r,fps:i=15,loop:a=!1}){n(Array.isArray(e)&&e.length>0,`option`,()=>`animation: keyframes are ${t(e)}, expected a list with at least one`);for(let[r,{at:i,easing:a=`linear`}]of e.entries())n(Number.isFinite(i)&&i>=0,`option`,()=>`animation: keyframe ${r} is at ${t(i)}, expected a frame number from 0`),he(`animation: keyframe ${r}`,a);let o=Math.max(...e.map(({at:e})=>e)),s=r??Math.floor(o)+1;return we(`animation`,s),n(o<s,`option`,()=>`animation: there is a keyframe at ${o}, but only ${s} frames: make frames more than ${o}`),Te(`animation`,i),{frames:s,fps:i,loop:a}}function we(e,r){n(Number.isInteger(r)&&Number(r)>=1&&Number(r)<=18e3,`option`,()=>`${e}: the length is ${t(r)} frames, expected a whole number from 1 to 18000`)}function Te(e,r){n(typeof r==`number`&&r>0&&r<=240,`option`,()=>`${e}: fps is ${t(r)}, expected more than 0 and at most 240 frames a second`)}function Ee(e,{frames:t,loop:n},r,i){let a=e.keyframes.flatMap(({at:e,easing:t=`linear`,...n})=>{let r=i({at:e,...n});return r===void 0?[]:[{at:e,easing:t,value:r}]}).sort((e,t)=>e.at-t.at),[o,s]=[a[0],a.at(-1)];if(!o||!s)return;let c=a.findLast(({at:e})=>e<=r),l=a.find(({at:e})=>e>r);if(!n&&!(c&&l)){let{value:e}=c??o;return{from:e,to:e,way:0}}let u=c??{...s,at:s.at-t},d=l??{...o,at:o.at+t};return{from:u.value,to:d.value,way:ge(u.easing,(r-u.at)/(d.at-u.at))}}const De=(e,t,n)=>e+(t-e)*n;function Oe({from:e,to:t,way:n}){let r=e=>typeof e==`number`?e:e.amount,i=De(r(e),r(t),n),a=typeof e==`object`?e:t;return typeof a==`number`?i:{...a,amount:i}}function ke(e){return Array.isArray(e)?e:[{person:e,weight:1}]}function Ae(e,t,n){let r=/* @__PURE__ */ new Map;for(let[t,i]of e)r.set(t,(r.get(t)??0)+(1-n)*i);for(let[e,i]of t)r.set(e,(r.get(e)??0)+n*i);return[...r].filter(([,e])=>e!==0)}function je({from:e,to:t,way:n}){let r=e=>e.map(({person:e,weight:t})=>[e,t]);return Ae(r(e),r(t),n).map(([e,t])=>({person:e,weight:t}))}function Me(e,t){let n=Ce(e),r=n.loop?(t%n.frames+n.frames)%n.frames:t,i=t=>Ee(e,n,r,t),a=[...new Set(e.keyframes.flatMap(({edits:e={}})=>Object.keys(e)))].flatMap(e=>{let t=i(({edits:t})=>t?.[e]);return t?[[e,Oe(t)]]:[]}),o=i(({people:e})=>e===void 0?void 0:ke(e)),s=_e.map(e=>{let t=i(({strength:t})=>typeof t==`object`?t[e]:t);return[e,t?De(t.from,t.to,t.way):1]}),c=i(({domain:e})=>e),l=c?Ae([[c.from,1]],[[c.to,1]],c.way):[[null,1]];return{edits:Object.fromEntries(a),people:o?je(o):[],strength:Object.fromEntries(s),domains:l.map(([e,t])=>({name:e,weight:t}))}}const[Ne,Pe]=[5,25];function Fe({hold:e=Ne,move:r=Pe}){return n(Number.isInteger(e)&&e>=0,`option`,()=>`travel: hold is ${t(e)}, expected a whole number of frames from 0`),n(Number.isInteger(r)&&r>=2,`option`,()=>`travel: move is ${t(r)}, expected a whole number of frames from 2`),{hold:e,move:r,pair:2*e+r}}function Ie(e,t={}){let{hold:r,move:i,pair:a}=Fe(t),{fps:o=15,easing:s=`linear`}=t;return n(e.length>=2,`option`,()=>`travel: ${e.length} people, expected at least 2`),{keyframes:e.flatMap((t,n)=>{let o=e[(n+1)%e.length]??t;return[{at:n*a,people:Le(t),easing:`hold`},{at:n*a+r,people:Le(t),easing:s},{at:n*a+r+i-1,people:Le(o),easing:`hold`}]}),frames:e.length*a,fps:o,loop:!0}}const Le=e=>[{person:e,weight:1}];function Re(e,t,{frames:n=60,fps:r=15}={}){let i=e=>Object.fromEntries(Object.entries(t).map(([t,n])=>[t,typeof n==`number`?e*n:{...n,amount:e*n.amount}]));return{keyframes:[{at:n/4,people:Le(e),edits:i(1),easing:`smooth`},{at:3*n/4,edits:i(-1),easing:`smooth`}],frames:n,fps:r,loop:!0}}function ze(e){let t=t=>e.channels[String(t)]??0,n=t(4),r=[{kind:`conv`,key:`conv1`,inChannels:n,outChannels:n,resolution:4,latentIndex:0},{kind:`rgb`,key:`to_rgb1`,inChannels:n,outChannels:3,resolution:4,latentIndex:1}];for(let n=8,i=0;n<=e.size;n*=2,i++){let[e,a]=[t(n/2),t(n)],o={resolution:n,outChannels:a};r.push({...o,kind:`up`,key:`convs.${2*i}`,inChannels:e,latentIndex:1+2*i},{...o,kind:`conv`,key:`convs.${2*i+1}`,inChannels:a,latentIndex:2+2*i},{...o,kind:`rgb`,key:`to_rgbs.${i}`,inChannels:a,outChannels:3,latentIndex:3+2*i})}return r.map((e,t)=>({index:t,...e}))}function Be(e){return[e.cropRows?e.cropRows[1]-e.cropRows[0]:e.inputSize,e.inputSize]}function Ve({size:e,inputSize:t,cropRows:n}){let r=e/t;return n?[Math.floor(n[0]*r),Math.ceil(n[1]*r)]:[0,e]}function He(e){let t=0,n=ze(e).map(e=>{let n={...e,firstStyle:t};return t+=e.inChannels,n}),{latentCount:r,styleDim:i}=e;return{latentCount:r,styleDim:i,layers:n,styleCount:t}}function Ue({latentCount:e,styleDim:t,styleCount:n}){return{offset:new Float32Array(e*t),styleOffset:new Float32Array(n)}}function We(e,[t,r],{latentCount:i}){n(Number.isInteger(t)&&Number.isInteger(r)&&t>=0&&t<r&&r<=i,`option`,()=>`${e}: layers ${t} to ${r}, expected whole numbers with 0 ≤ from < to ≤ ${i}`)}function Ge(e,t){n(Number.isFinite(t),`option`,()=>`${e}: the amount is ${t}, expected a finite number, about -3 to 3`)}function Ke(e,t,{latentCount:r,styleDim:i}){n(t.length===r*i,`tensor`,()=>`${e}: ${t.length} latent values, this model's are [${r}, ${i}]; they belong to another generator`),n(t.every(Number.isFinite),`tensor`,()=>`${e}: holds NaN or infinity; save the latents again`)}const qe={f32:4,f16:2,i8:1};function b(e){return e.viewOf??e}function x(e,t){return n(S(t)===S(e.shape),`tensor`,()=>`tensor "${e.name}": a view of [${e.shape}] as [${t}] would change its number of elements`),{...e,shape:t,viewOf:b(e)}}function S(e){return e.reduce((e,t)=>e*t,1)}function C(e){return Math.ceil(S(e.shape)*qe[e.dtype]/4)*4}function w(e,t,r=`persistent`,i=`f32`){return n(t.every(e=>Number.isSafeInteger(e)&&e>0),`tensor`,()=>`tensor "${e}": dimensions must be positive integers, got [${t}]`),{name:e,shape:t,dtype:i,lifetime:r}}function T(e,t,r,i){let a=r.shape.length===i.length&&i.every((e,t)=>e===r.shape[t]);n(a,`tensor`,()=>`${e} "${r.name}": ${t} expects [${i.join(`, `)}], got [${r.shape.join(`, `)}]`)}const Je=e=>Math.max(16,Math.ceil(e/4)*4);function Ye(e,t=0){let n=/* @__PURE__ */ new Map;return e.forEach((e,t)=>{for(let{tensor:r}of e.bindings){let e=b(r);if(e.lifetime!==`transient`)continue;let i=n.get(e);i?i.last=t:n.set(e,{first:t,last:t})}}),[...n].map(([e,n])=>({tensor:e,graph:t,...n,bytes:C(e)}))}const Xe=(e,t)=>e.graph===t.graph&&e.first<=t.last&&t.first<=e.last;function Ze(e,t=[]){let n=t.map(e=>({bytes:e,tenants:[]})),r=/* @__PURE__ */ new Map;for(let t of[...e].sort((e,t)=>t.bytes-e.bytes)){let e=-1;n.forEach(({bytes:r,tenants:i},a)=>{r>=t.bytes&&!i.some(e=>Xe(e,t))&&r<=(n[e]?.bytes??1/0)&&(e=a)}),e<0&&(e=n.push({bytes:t.bytes,tenants:[]})-1),n[e]?.tenants.push(t),r.set(t.tensor,e)}return{slotOf:r,slots:n.map(e=>e.bytes),unsharedBytes:e.reduce((e,t)=>e+t.bytes,0)}}function Qe(e){let t=/* @__PURE__ */ new Set;for(let{bindings:r,label:i}of e){for(let{tensor:e,access:a}of r)a!==`write`&&e.lifetime===`transient`&&n(t.has(b(e)),`shader`,()=>`graph: "${i}" reads the transient "${e.name}" before any record has written it`);for(let{tensor:e,access:n}of r)n!==`read`&&t.add(b(e))}}const $e=(e,t)=>Math.ceil(e/t)*t;function et(e,t){let n=e.map(e=>Math.max(16,$e(e.uniforms.length*4,16))),r=[],i=0;for(let e of n)r.push(i),i=$e(i+e,t);let a=new ArrayBuffer(Math.max(16,i)),o=new DataView(a);return e.forEach((e,t)=>{e.uniforms.forEach(({type:e,value:n},i)=>{let a=(r[t]??0)+4*i;e===`f32`?o.setFloat32(a,n,!0):e===`i32`?o.setInt32(a,n,!0):o.setUint32(a,n,!0)})}),{data:a,offsets:r,sizes:n}}function tt(e,t=[]){for(let{nodes:t}of e)Qe(t);return Ze(e.flatMap(({nodes:e},t)=>Ye(e,t)),t)}function nt(e){let t=0;for(let{nodes:n}of e)for(let{bindings:e}of n)for(let{tensor:n}of e)t=Math.max(t,C(b(n)));return t}function rt(e,t){return e.map(({nodes:e})=>Je(et(e,t).data.byteLength))}function it(e){let t=tt(e),n=[`graph`,`op`,`what`,`variant`,`workgroups`,`KiB`,`MFLOP`],r=e.flatMap(({name:e,nodes:t})=>t.map(t=>[e,t.op,t.label,t.shader,t.grid.join(`×`),(t.bindings.reduce((e,{tensor:t})=>e+C(t),0)/1024).toFixed(1),(t.flops/1e6).toFixed(2)])),i=n.map((e,t)=>Math.max(e.length,...r.map(e=>e[t]?.length??0))),a=e=>e.map((e,t)=>e.padEnd(i[t]??0)).join(`  `).trimEnd(),o=t.slots.reduce((e,t)=>e+t,0),s=e.reduce((e,t)=>e+t.flops,0);return[a(n),...r.map(a),`${r.length} dispatches, ${(s/1e9).toFixed(3)} GFLOP, ${t.slots.length} slots of ${(o/2**20).toFixed(1)} MiB (${(t.unsharedBytes/2**20).toFixed(1)} MiB unshared)`].join(`
`)}var E=class{name;nodes=[];constructor(e){this.name=e}transient(e,t,n=`f32`){return w(e,t,`transient`,n)}add(e){this.nodes.push(e)}get flops(){return this.nodes.reduce((e,t)=>e+t.flops,0)}persistentTensors(){let e=/* @__PURE__ */ new Set;for(let t of this.nodes)for(let{tensor:n}of t.bindings)n.lifetime===`persistent`&&e.add(b(n));return[...e]}},at=class extends E{transient(e,t,n=`f32`){return w(e,t,`persistent`,n)}};const ot=[`f32`,`f16-storage`,`f16`],st=2**24,D=(e,t)=>({software:n})=>n?t:e,ct=(e,t)=>({software:n,precision:r=`f32`})=>n?void 0:r===`f32`?e:t,lt=({spatial:[e,t]})=>e*t<=64,ut=e=>e.kernel===3&&e.stride===1&&e.groups===1&&e.outChannels%4==0,dt=e=>e.outChannels/e.groups%4==0,ft=e=>e.inChannels*e.kernel**2*e.spatial[0]*e.spatial[1]<=st,pt={product:{registers:{rank:D(2,1),reference:!0},quads:{rank:D(3,0),needs:({features:e,precision:t})=>e.has(`subgroups`)&&t!==`f16`,narrow:`registers`},shared:{rank:D(1,2)},matrix:{rank:D(0,3),needs:({matrixUnits:e=!1,precision:t=`f32`})=>e&&t!==`f32`,narrow:`shared`}},conv2d:{direct:{rank:D(7,7),reference:!0},tiled:{rank:D(6,6),valid:dt},columns:{rank:(e,t)=>lt(t)?2:3,valid:e=>e.outChannels/e.groups%16==0&&ft(e),products:`asked`},implicit:{rank:ct(1,5),valid:dt},winograd:{rank:(e,t)=>lt(t)?3:2,valid:e=>ut(e)&&e.spatial[1]%4==0,products:`asked`},fused:{rank:ct(0,4),valid:ut}},upConv:{direct:{rank:D(3,3),reference:!0},columns:{rank:D(1,1),valid:e=>e.outChannels%16==0&&e.spatial[1]%4==0,products:`asked`},fused:{rank:ct(0,2),valid:e=>e.outChannels%4==0}},layerHead:{layer_head_direct:{rank:D(1,0),reference:!0},layer_head_shared:{rank:D(0,1)}},expand:{registers:{rank:D(1,1),reference:!0},quads:{rank:D(2,0),needs:({features:e})=>e.has(`subgroups`)},shared:{rank:D(0,2)}},sharedHead:{shared_head_product_direct:{rank:D(1,1),reference:!0},shared_head_operands:{rank:D(0,0),valid:({rows:e,columns:t})=>e%16==0&&t%16==0,products:`f32`}},sum:{alone:{rank:D(1,0),reference:!0},shared:{rank:D(0,void 0),valid:({results:e,terms:t})=>e<=8192&&t>=32}}},mt=e=>Object.keys(pt[e]),ht=pt,gt=(e,t)=>ht[e][t],_t=mt(`conv2d`);Object.keys(pt).flatMap(e=>mt(e).map(t=>`${e}/${t}`));const vt=e=>gt(`product`,e).narrow??e;function yt(e,t,n){return Object.hasOwn(pt[e],t)&&(gt(e,t).valid?.(n)??!0)}const bt=e=>gt(`conv2d`,e).products!==void 0,xt={features:/* @__PURE__ */ new Set,software:!1},St=(e,t)=>!t.distrusted?.has(e),Ct=(e,t)=>`${e}/${t}`;function wt(e,t,n){let r=r=>gt(e,r).rank(n,t)??1/0;return mt(e).filter(r=>yt(e,r,t)&&(gt(e,r).needs?.(n)??!0)).filter(e=>Number.isFinite(r(e))).sort((e,t)=>r(e)-r(t))}function Tt(e,t,n){if(!St(Ct(e,t),n))return!1;let{products:r}=gt(e,t);return e===`product`?St(`product/${vt(t)}`,n):r===void 0||Dt(r===`f32`?Et(n):n).length>0}const Et=e=>({...e,precision:`f32`}),Dt=e=>wt(`product`,void 0,e).filter(t=>Tt(`product`,t,e));function Ot(e,t,r){let i=t.find(t=>Tt(e,t,r));return n(i!==void 0,`device`,()=>`every kernel of ${e} (${t.join(`, `)}) computes wrongly here: update the graphics driver`),i}function kt(e,t,n){let r=wt(e,t,n),i=r.filter(t=>gt(e,t).reference);return Ot(e,n.forced===`direct`?[...i,...r]:r,n)}function At(e){return Ot(`product`,wt(`product`,void 0,e),e)}const jt=(e,t)=>gt(e,t).products!==void 0;function Mt(e,t,n){return{variant:t,product:jt(e,t)?At(n):`registers`}}function Nt(e,t,n,{forced:r,measured:i}){if(r){let i=`direct`;return Mt(e,Ot(e,yt(e,r,t)?[r,i]:[i],n),n)}return i&&yt(e,i.variant,t)&&Pt(e,i,n)?i:Mt(e,Ot(e,wt(e,t,n),n),n)}function Pt(e,t,n){return Tt(e,t.variant,n)?!jt(e,t.variant)||Dt(n).includes(t.product):!1}function Ft(e,t){return Nt(`conv2d`,e,t,{forced:t.forced,measured:t.tuned?.conv2d(e)})}function It(e,t){return Nt(`upConv`,e,t,{forced:t.forcedUp??mt(`upConv`).find(e=>e===t.forced),measured:t.tuned?.upConv(e)})}function Lt(e,t,n){return wt(e,t,n).filter(t=>Tt(e,t,n)).flatMap(t=>(jt(e,t)?Dt(n):[`registers`]).map(e=>({variant:t,product:e})))}const Rt=e=>kt(`layerHead`,void 0,e),zt=e=>kt(`expand`,void 0,e),Bt=(e,t)=>kt(`sharedHead`,e,t),Vt=(e,t,n)=>kt(`sum`,{results:e,terms:t},n)===`shared`?16:1,Ht=2**15;function Ut(e,t,n,{software:r}){if(r||e>4096||t<=256)return 1;let i=Math.ceil(t/n),a=Math.min(Math.ceil(Ht/e),Math.floor(i/4));return a<=1?1:Math.ceil(i/Math.ceil(i/a))}function Wt(e,t,r,i){if(!r)return;let{tensor:a,offset:o}=r,s=S(a.shape);n(o>=0&&o+i<=s,`tensor`,()=>`${e}: ${t} needs ${i} elements at ${o} of "${a.name}", which has ${s}`)}const O=(e,t)=>({name:e,type:`u32`,value:t}),k=(e,t)=>({name:e,type:`f32`,value:t}),Gt=(e,t)=>({name:e,type:`i32`,value:t}),A=e=>({tensor:e,access:`read`}),j=e=>({tensor:e,access:`write`}),M=e=>({tensor:e,access:`read_write`}),Kt=65535;function N(e,t){let r=Math.max(1,Math.ceil(e/t));if(r<=65535)return[r,1,1];let i=Math.ceil(r/Kt);return n(i<=Kt,`tensor`,()=>`${e} invocations do not fit one dispatch`),[Math.ceil(r/i),i,1]}function P(e,t){let r=e.shape[t];return n(r!==void 0,`tensor`,()=>`tensor "${e.name}" [${e.shape.join(`, `)}] has no dimension ${t}`),r}function qt(e,{software:t}){let n=t?16:64;return e<=n*64?n:256}function Jt(e,t){let{label:n=`global pool`,input:r,output:i,facts:a=xt}=t,o=P(r,0),s=S(r.shape)/o,c=i??e.transient(n,[o]);return T(`globalPool "${n}"`,`output`,c,[o]),e.add({op:`globalPool`,label:`${n} [${r.shape}]`,shader:`global_pool`,parts:[`tree_sum`],substitutions:{WORKGROUP_SIZE:qt(s,a)},uniforms:[O(`channels`,o),O(`pixels`,s)],bindings:[A(r),j(c)],grid:N(o,1),flops:o*s}),e.pullback?.({op:`globalPool`,args:t,output:c}),c}function Yt(e,t){let r=t.label??`adaptive pool`,[i,a,o]=[P(t.input,0),P(t.input,1),P(t.input,2)],[s,c]=t.rows??[0,t.height];n(s>=0&&s<c&&c<=t.height,`tensor`,()=>`adaptivePool "${r}": rows ${s}..${c} do not lie within 0..${t.height}`);let l=[i,c-s,t.width],u=t.output??e.transient(r,l);return T(`adaptivePool "${r}"`,`output`,u,l),e.add({op:`adaptivePool`,label:`${r} ${a}×${o}→${c-s}×${t.width}`,shader:`adaptive_pool`,overrides:{WORKGROUP_SIZE:64},uniforms:[O(`channels`,i),O(`height`,a),O(`width`,o),O(`pooled_height`,t.height),O(`pooled_width`,t.width),O(`first_row`,s),O(`rows`,c-s)],bindings:[A(t.input),j(u)],grid:N(S(l),64),flops:i*a*o}),e.pullback?.({op:`adaptivePool`,args:t,output:u}),u}const Xt=[`operands`,`in_scale`,`in_shift`,`epilogue`],Zt=[`operands`,`in_scale`,`epilogue`],Qt=4294967295,$t=e=>e&&{tensor:e,offset:0};function en(e,{activation:t},r){if(t?.kind===`prelu`)return n(t.slopes,`tensor`,()=>`${e}: activation prelu needs slopes [${r}], got none`),$t(t.slopes)}function tn(e,t,r){let i=[],a={};for(let{override:n,slice:r,length:o}of t){if(!r)continue;Wt(e,n,r,o);let t=i.indexOf(r.tensor);a[n]=t>=0?t:i.push(r.tensor)-1}return n(i.length<=5,`tensor`,()=>`${e}: ${i.length} operand tensors, at most 5 fit; put some into one tensor`),{overrides:a,bindings:Array.from({length:5},(e,t)=>A(i[t]??r))}}function nn(e,t,n,r){let{inChannels:i,outChannels:a,pixels:o}=n;return tn(e,[{override:`IN_SCALE`,slice:t.inScale,length:i},{override:`IN_SHIFT`,slice:t.inShift,length:i},{override:`OUT_SCALE`,slice:t.outScale,length:a},{override:`BIAS`,slice:t.bias,length:a},{override:`NOISE`,slice:$t(t.noise),length:o},{override:`RESIDUAL`,slice:$t(t.residual),length:a*o},{override:`SLOPES`,slice:en(e,t,a),length:a}],r)}function rn(e,t,n,r){let[i,a,o]=[P(n,0),P(n,1),P(n,2)];t.noise&&T(e,`noise`,t.noise,[a,o]),t.residual&&T(e,`residual`,t.residual,n.shape);let s=en(e,t,i),c={OUT_SCALE:t.outScale,BIAS:t.bias,SLOPES:s};for(let[t,n]of Object.entries(c))Wt(e,t,n,i);return{overrides:{...t.noise&&{NOISE:1},...t.residual&&{RESIDUAL:1}},bindings:[...Object.values(c).map(e=>A(e?.tensor??r)),A(t.noise??r),A(t.residual??r)],fields:[O(`out_scale`,t.outScale?.offset??Qt),O(`bias`,t.bias?.offset??Qt),O(`slopes`,s?.offset??Qt),...ln(t.activation)]}}function an(e){return e?.kind===`relu`?0:e?.kind===`leaky`?e.slope??.2:1}const on=(e,t)=>[A(e.inScale?.tensor??t),A(e.inShift?.tensor??t)],sn=e=>[O(`in_scale`,e.inScale?.offset??Qt),O(`in_shift`,e.inShift?.offset??Qt)],cn=e=>[O(`out_scale`,e.outScale?.offset??0),O(`bias`,e.bias?.offset??0),...ln(e.activation)],ln=e=>[k(`slope`,an(e)),k(`gain`,e?.gain??1)];function F(e,t){return{...e,grid:N(t,64),flops:e.flops??0}}function un(e,t){return{...e,parts:[`row_sums`,`tree_sum`],grid:N(t,1),flops:e.flops??0}}function dn({shape:e}){let[t=1,...n]=e;return{channels:t,pixels:n.reduce((e,t)=>e*t,1)}}function fn(e,t){let{channels:n,pixels:r}=dn(e);return[O(`count`,n*r),O(`pixels`,r),O(`has_slopes`,+(t?.kind===`prelu`)),k(`slope`,an(t)),k(`gain`,t?.gain??1)]}function pn(e,t){let{input:r,activation:i,label:a}=t,{channels:o,pixels:s}=dn(r),{slopes:c}=i,l=`activation "${a}"`;n(i.kind!==`prelu`||c,`tensor`,()=>`${l}: prelu needs slopes [${o}], got none`),c&&T(l,`slopes`,c,[P(r,0)]);let u=e.transient(`${a} activated`,r.shape);return e.add(F({op:`activation`,label:`${a} [${r.shape}]`,shader:`activation`,parts:[`activation`],uniforms:fn(r,i),bindings:[A(c??r),A(r),j(u)]},o*s)),e.pullback?.({op:`activation`,args:t,output:u}),u}const mn=e=>e===`f32`?`f32`:`f16`,hn=e=>e===`f16`?`f16`:`f32`;function gn(e){let t=e.dtype===`f16`;return{ENABLE_F16:t?`enable f16;`:``,ELEMENT:t?`f16`:`f32`}}function _n(e,t){let{ENABLE_F16:n,ELEMENT:r}=gn(e),i=e=>t===4?`vec4<${e}>`:e;return{ENABLE_F16:n,VECTOR:i(`f32`),STORED:i(r),WIDTH:`${t}`}}const vn=e=>e===`f32`?1:1/16;function yn(e,t){return e===`f32`?1:2**Math.round(Math.log2(Math.sqrt(t))-1)}const bn=/* @__PURE__ */ new Set([`batched_product_quads`,`batched_product_matrix`]),xn=(e,t)=>Math.ceil(e/t)*t;function Sn(e){let t=xn(e,4);return t<16?t:xn(e,16)}function Cn(e){let{batches:t,depth:n,rows:r,columns:i}=e,a=i%16==0,o=a&&(e.kernel!==`matrix`||n>=16)?e.kernel:vt(e.kernel),s=r/16*t*(i/4),c=`product/${o}`,l=[Math.ceil(i/64),Math.ceil(r/64),t];switch(o){case`matrix`:return{rung:c,shader:`batched_product_matrix`,parts:[`batched_product`],grid:l};case`shared`:return{rung:c,shader:`batched_product_shared`,parts:[`batched_product`,`product_rows`,`outer`],grid:l};case`quads`:return{rung:c,shader:`batched_product_quads`,parts:[`batched_product`,`product_rows`],grid:N(s,64)};default:return a?{rung:c,shader:`batched_product`,parts:[`batched_product`,`outer`],grid:N(s*4/16,16)}:{rung:c,shader:`batched_product_narrow`,parts:[`batched_product`,`product_rows`,`outer`],grid:N(s,16)}}}function wn(e){let t=Cn(e),n=bn.has(t.shader)?{}:{TERM:hn(e.precision)};return{op:e.op,label:e.label,...t,substitutions:{...gn(e.left),...n},uniforms:[O(`depth`,e.depth),O(`row_quads`,e.rows/4),O(`column_quads`,e.columns/4),O(`batches`,e.batches)],bindings:[A(e.left),A(e.right),j(e.output)],flops:e.flops}}function Tn(e){let[t,n,r]=[P(e.output,0),P(e.output,1),P(e.output,2)],i=n*r,a={...e,inScale:void 0,inShift:void 0},o=nn(`conv2d "${e.label}"`,a,{inChannels:0,outChannels:t,pixels:i},e.sums);return{op:`conv2dEpilogue`,label:`${e.label} ${t} ${n}×${r}`,shader:`conv2d_epilogue`,parts:[`operands`,`epilogue`],overrides:o.overrides,uniforms:[O(`out_channels`,t),O(`pixels`,i),O(`padded_pixels`,P(e.sums,2)),O(`parts`,P(e.sums,0)),...cn(e)],bindings:[...o.bindings,A(e.sums),j(e.output)],grid:N(t*i,64),flops:0}}function En(e,t,n){if(t.parts===1){e.add(n(t.output,t));return}let[r,i,a]=[P(t.output,0),P(t.output,1),P(t.output,2)],o=e.transient(`${t.label} parts`,[t.parts,r,i*a]);e.add(n(o,{inScale:t.inScale,inShift:t.inShift})),e.add(Tn({...t,sums:o}))}function Dn(e){return[e.inChannels*e.kernel**2,Sn(e.outHeight*e.outWidth)]}function On(e,t,n){e.add({op:`conv2dColumns`,label:`${t.label} ${n.inChannels} ${n.outHeight}×${n.outWidth}`,rung:t.rung,shader:`conv2d_columns`,parts:[`in_vectors`],substitutions:gn(t.columns),uniforms:[O(`in_channels`,n.inChannels),O(`height`,n.height),O(`width`,n.width),O(`out_height`,n.outHeight),O(`out_width`,n.outWidth),O(`kernel`,n.kernel),O(`stride`,n.stride),O(`padding`,n.padding),Gt(`first_row`,t.firstRow??-n.padding),O(`padded_pixels`,P(t.columns,1)),...sn(t)],bindings:[...on(t,t.input),A(t.input),j(t.columns)],grid:N(n.inChannels*P(t.columns,1)/4,64),flops:0})}function kn(e,t,n){let r=t.kernel===1&&t.stride===1&&t.padding===0&&t.outHeight*t.outWidth===n,i=!e.inScale&&!e.inShift&&mn(e.precision)===e.input.dtype;return r&&i?x(e.input,[t.inChannels,n]):void 0}function An(e,t,n,r){let[i,a]=Dn(n),o=`${n.inChannels}→${n.outChannels} ${n.outHeight}×${n.outWidth}`,s=kn(t,n,a),c=s??e.transient(`${t.label} columns`,[i,a],mn(t.precision)),l=e.transient(`${t.label} products`,[1,n.outChannels,a]);s||On(e,{...t,columns:c,rung:`conv2d/columns`},n),e.add(wn({op:`conv2d`,label:`${t.label} ${o}`,left:t.filter,right:c,output:l,batches:n.groups,depth:i/n.groups,rows:n.outChannels/n.groups,columns:a,flops:r,kernel:t.product,precision:t.precision})),e.add({...Tn({...t,sums:l}),rung:`conv2d/columns`})}const jn={side:8,channels:32,invocations:128};function Mn(e,[t,n]){let{side:r,channels:i}=jn;return[Math.ceil(n/r),Math.ceil(t/r),Math.ceil(e/i)]}function Nn(e,t){return Mn(e,t).reduce((e,t)=>e*t,jn.invocations)}function Pn(e,t,n,r){let[i,a,o]=[P(e.output,0),P(e.output,1),P(e.output,2)],s=P(e.input,0),[c,l,u]=Mn(i,[a,o]),d={inChannels:s,outChannels:i,pixels:a*o},f=nn(`${t} "${e.label}"`,r,d,e.input);return{op:t,label:`${e.label} ${s}→${i} ${a}×${o}`,overrides:f.overrides,bindings:[...f.bindings,A(e.input),A(e.filter),j(n)],grid:[c,l,u*e.parts],flops:e.flops}}const Fn=e=>[O(`in_channels`,P(e.input,0)),O(`out_channels`,P(e.output,0)),O(`part_channels`,4*Math.ceil(P(e.input,0)/4/e.parts)),O(`height`,P(e.input,1)),O(`width`,P(e.input,2))];function In(e,t,n){let r=[O(`out_height`,P(t.output,1)),O(`out_width`,P(t.output,2)),O(`padding`,n)];En(e,t,(e,n)=>({...Pn(t,`conv2d`,e,n),rung:`conv2d/fused`,shader:`conv2d_fused`,parts:[`fused`,...Xt,`outer`],uniforms:[...Fn(t),...r,...sn(n),...cn(n)]}))}function Ln(e,t){En(e,t,(e,n)=>({...Pn(t,`upConv`,e,n),rung:`upConv/fused`,shader:`upconv_fused`,parts:[`fused`,...Zt,`outer`],uniforms:[...Fn(t),O(`in_scale`,n.inScale?.offset??0),...cn(n)]}))}function Rn(e,t){let{input:n,label:r}=t,i=t.output??w(`${r} f16`,n.shape,`persistent`,`f16`),a=S(n.shape);return e.add({op:`half`,label:`${r} [${n.shape}]`,shader:`half`,uniforms:[O(`count`,a)],bindings:[A(n),j(i)],grid:N(a,64),flops:0}),i}const zn={channels:64,pixels:32,invocations:64};function Bn({groups:e,outChannels:t,spatial:n}){let r=n[0]*n[1];return[Math.ceil(r/zn.pixels),Math.ceil(t/e/zn.channels),e]}function Vn(e){return Bn(e).reduce((e,t)=>e*t,zn.invocations)}function Hn(e,t,n,r){let[i,a,o]=[P(e.output,0),P(e.output,1),P(e.output,2)],s=P(e.input,0),[c,l,u]=[P(e.filter,0),P(e.filter,1),P(e.filter,2)],d=a*o,f=nn(`conv2d "${e.label}"`,r,{inChannels:s,outChannels:i,pixels:d},e.input),[p,m,h]=Bn({groups:c,outChannels:i,spatial:[a,o]}),g=Math.ceil(l*u**2/16);return{op:`conv2d`,label:`${e.label} ${s}→${i} ${a}×${o}`,rung:`conv2d/implicit`,shader:`conv2d_implicit`,parts:[`conv2d`,...Xt,`outer`],overrides:f.overrides,uniforms:[...t,O(`part_terms`,16*Math.ceil(g/e.parts)),...sn(r),...cn(r)],bindings:[...f.bindings,A(e.input),A(e.filter),j(n)],grid:[p,m,h*e.parts],flops:e.flops}}function Un(e,t,n){En(e,t,(e,r)=>Hn(t,n,e,r))}const Wn=64*2**20,Gn=e=>xn(e,16);function Kn(e){let t=xn(e.width/4,4),n=t*Math.ceil(e.height/4),r=144*Math.max(e.inChannels,Gn(e.outChannels)),i=Math.max(16,Math.floor(Wn/r/16)*16),a=Math.ceil(n/i),o=Math.min(n,xn(Math.ceil(n/a),16));return{tileColumns:t,tiles:n,stripTiles:o,paddedTiles:Sn(o)}}const qn=(e,t,n)=>w(`${e.label} ${t}`,n,`persistent`,mn(e.precision)),Jn=(e,t)=>yn(e,9*t);function Yn(e,t){let[r,i]=[P(t.weight,1),P(t.weight,4)],a=Gn(i),o=t.output??qn(t,`winograd`,[36,r,a]);T(`winogradFilter "${t.label}"`,`output`,o,[36,r,a]),n(i%4==0,`tensor`,()=>`winogradFilter "${t.label}": filters are read in vectors of 4 channels, got ${i}; take another rung`);let s=[O(`in_channels`,r),O(`out_quads`,i/4)];return e.add({op:`winogradFilter`,label:`${t.label} ${r}→${i}`,rung:`conv2d/winograd`,shader:`winograd_filter`,parts:[`winograd`,`spectrum`],substitutions:gn(o),uniforms:[...s,O(`padded_quads`,a/4),k(`scale`,Jn(t.precision,r))],bindings:[A(t.weight),j(o)],grid:N(r*a/4,64),flops:0}),o}function Xn(e,t,n,r){return{op:`winogradInput`,label:`${e.label} ${t.inChannels} ${t.height}×${t.width}`,rung:`conv2d/winograd`,shader:`winograd_input`,parts:[`in_vectors`,`winograd`,`winograd_patch`,`spectrum`],substitutions:gn(r.spectrum),uniforms:[O(`in_channels`,t.inChannels),O(`height`,t.height),O(`width_quads`,t.width/4),O(`tile_columns`,n.tileColumns),O(`first_tile`,r.first),O(`padded_tiles`,r.padded),...sn(e),k(`scale`,vn(e.precision))],bindings:[...on(e,e.input),A(e.input),j(r.spectrum)],grid:N(t.inChannels*r.padded/4,64),flops:0}}function Zn(e,t,n,r){return wn({op:`conv2d`,label:`${e.label} ${t.inChannels}→${t.outChannels} ${P(e.output,1)}×${P(e.output,2)}`,left:e.filter,right:n.spectrum,output:n.products,batches:36,depth:t.inChannels,rows:Gn(t.outChannels),columns:n.padded,flops:r,kernel:e.product,precision:e.precision})}function Qn(e,t,n,r){let i=rn(`convolution "${e.label}"`,e,e.output,r.products);return{op:`winogradOutput`,label:`${e.label} ${t.outChannels} ${t.height}×${t.width}`,rung:`conv2d/winograd`,shader:`winograd_output`,parts:[`winograd`,`vec4_epilogue`],overrides:i.overrides,uniforms:[O(`out_channels`,t.outChannels),O(`padded_out`,Gn(t.outChannels)),O(`height`,t.height),O(`width_quads`,t.width/4),O(`tile_columns`,n.tileColumns),O(`first_tile`,r.first),O(`tiles`,r.tiles),O(`padded_tiles`,r.padded),...i.fields,k(`unit`,1/(Jn(e.precision,t.inChannels)*vn(e.precision)))],bindings:[...i.bindings,A(r.products),j(e.output)],grid:N(t.outChannels*r.tiles/4,64),flops:0}}function $n(e,t,r,i){let a=`convolution "${t.label}"`;T(a,`output`,t.output,[r.outChannels,r.height,r.width]),n(r.width%4==0,`tensor`,()=>`${a}: Winograd reads rows in vectors of 4, the picture is ${r.width} wide; take another rung`);let o=Kn(r),s=e.transient(`${t.label} spectrum`,[36,r.inChannels,o.paddedTiles],mn(t.precision)),c=e.transient(`${t.label} products`,[36,Gn(r.outChannels),o.paddedTiles]);for(let n=0;n<o.tiles;n+=o.stripTiles){let a=Math.min(o.stripTiles,o.tiles-n),l={first:n,tiles:a,padded:o.paddedTiles,spectrum:s,products:c};e.add(Xn(t,r,o,l)),e.add(Zn(t,r,l,i*a/o.tiles)),e.add(Qn(t,r,o,l))}}function er(e,t,n){let r=Math.max(0,(Math.ceil(e/n)-1)*n+t-e);return[Math.floor(r/2),Math.ceil(r/2)]}function tr(e){let[t,n,r]=[P(e,0),P(e,1),P(e,2)],i=P(e,4);return T(`conv2d`,`weight`,e,[t,n,r,r,i]),{groups:t,inChannels:t*n,outChannels:t*i,kernel:r}}function nr(e,t){let n=tr(e),{stride:r=1,spatial:i,retuned:a}=t,o=Ft({...n,stride:r,spatial:i,retuned:a},t.facts),{precision:s=`f32`}=t.facts,c=o.variant===`columns`&&s!==`f32`?`half`:void 0,l=o.variant===`winograd`?`winograd`:c;return{...o,precision:s,parts:rr(o.variant,n,t),shape:n,transform:l}}function rr(e,t,{spatial:n,facts:r}){let i=t.kernel**2,a=t.inChannels/t.groups*i;return e===`fused`?Ut(Nn(t.outChannels,n),a,4*i,r):e===`implicit`?Ut(Vn({...t,spatial:n}),a,16,r):1}function ir(e,t){let{transform:n,...r}=nr(t.weight,t),i={...r,stored:t.weight};return n===`winograd`?{...i,tensor:Yn(e,{...t,precision:r.precision})}:n===void 0?{...i,tensor:t.weight}:{...i,tensor:Rn(e,{label:t.label,input:t.weight,output:t.output})}}function ar(e,t){let{transform:n,shape:r,precision:i}=nr(t.weight,t);if(n!==`winograd`)return ir(e,t);let a=[36,r.inChannels,Gn(r.outChannels)];return ir(e,{...t,output:e.transient(`${t.label} winograd`,a,mn(i))})}function or(e,t,[r,i],a){let{stride:o=1,padding:s=(t.kernel-1)/2}=a,[c,l]=typeof s==`number`?[s,s]:s,u=e=>Math.floor((e+c+l-t.kernel)/o)+1,d={...t,height:r,width:i,outHeight:u(r),outWidth:u(i),stride:o,padding:c};return n(d.outHeight>0&&d.outWidth>0,`tensor`,()=>`${e}: a ${t.kernel}×${t.kernel} kernel needs at least that much input, got ${r}×${i}`),d}function sr(e){return 2*e.outChannels*(e.inChannels/e.groups)*e.kernel**2*e.outHeight*e.outWidth}const cr={pixels:8,channels:16,workgroup:16};function lr(e,t){let n=t.outHeight*t.outWidth;return e===`direct`?{grid:N(t.outChannels*n,64)}:{grid:N(t.groups*Math.ceil(t.outChannels/t.groups/cr.channels)*Math.ceil(n/cr.pixels),cr.workgroup)}}function I(e,t){let{input:n,weight:r,label:i,activation:a}=t;if(e.pullback&&a?.kind===`prelu`&&!t.output)return pn(e,{label:i,input:I(e,{...t,activation:void 0}),activation:a});let o=`conv2d "${i}"`;T(o,`input`,n,[r.shape.inChannels,P(n,1),P(n,2)]);let s=or(o,r.shape,[P(n,1),P(n,2)],t),c=[s.outChannels,s.outHeight,s.outWidth],l=t.output??e.transient(i,c);T(o,`output`,l,c);let{tensor:u,product:d,precision:f,parts:p}=r,m=sr(s);switch(r.variant){case`fused`:In(e,{...t,filter:u,parts:p,output:l,flops:m},s.padding);break;case`winograd`:$n(e,{...t,filter:u,product:d,precision:f,output:l},s,m);break;case`implicit`:Un(e,{...t,filter:u,parts:p,output:l,flops:m},dr(s));break;case`columns`:An(e,{...t,filter:u,product:d,precision:f,output:l},s,m);break;default:e.add(ur(t,r.variant,s,l))}return e.pullback?.({op:`conv2d`,args:t,output:l}),l}function ur(e,t,n,r){let{input:i,weight:a,label:o}=e,s=n.outHeight*n.outWidth,c=n.inChannels/n.groups*n.kernel**2,l=nn(`conv2d "${o}"`,e,{...a.shape,pixels:s},i);return{op:`conv2d`,label:`${o} ${n.inChannels}→${n.outChannels} ${n.outHeight}×${n.outWidth}`,rung:`conv2d/${t}`,shader:`conv2d_${t}`,parts:[`conv2d`,...Xt],overrides:l.overrides,uniforms:[...dr(n),O(`part_terms`,c),...sn(e),...cn(e)],bindings:[...l.bindings,A(i),A(a.tensor),j(r)],...lr(t,n),flops:sr(n)}}const dr=e=>[O(`groups`,e.groups),O(`group_in`,e.inChannels/e.groups),O(`group_out`,e.outChannels/e.groups),O(`height`,e.height),O(`width`,e.width),O(`out_height`,e.outHeight),O(`out_width`,e.outWidth),O(`kernel`,e.kernel),O(`stride`,e.stride),O(`padding`,e.padding)],fr={f32:`vec4f`,f16:`vec2u`,i8:`u32`};function pr(e,t,n){let{dtype:r}=e,i=n%4==0?4:1;return{width:i,vectorBytes:i*qe[r],part:`matrix`,substitutions:i===4?{WORD:fr[r],VECTOR:`vec4f`,DTYPE:r,WIDTH:`4`}:{WORD:`u32`,VECTOR:`f32`,DTYPE:r,WIDTH:`1`},overrides:{PER_WORD:i===4?1:4/qe[r],HAS_SCALES:Number(t!==void 0)},bindings:[A(e),A(t??e)]}}function mr(e,t,r,i){let[a]=t.chunks,o=0,s=t.chunks.map(t=>{let r=S(t.shape)/i;n(P(t,0)===r&&t.dtype===a?.dtype,`tensor`,()=>`${e}: chunk "${t.name}" expects [rows, ${i}] ${a?.dtype}, got [${t.shape.join(`, `)}] ${t.dtype}`);let s={tensor:t,firstRow:o,rows:r};return o+=r,s});return n(o===r,`tensor`,()=>`${e}: the chunks of "${a?.name}" have ${o} rows together, the layer needs ${r}`),a&&hr(e,a,t.scales,r),s}function hr(e,t,r,i){let a=t.dtype===`i8`?i:0,o=r?S(r.shape):0;n(o===a,`tensor`,()=>`${e}: "${t.name}" is ${t.dtype} and expects ${a} scales, got ${o}`)}const gr={software:32,gpu:128};function _r(e,t,n,r,i=!1){let a=i?2:1;for(;!i&&a*r<128&&a<n;)a*=2;let o=gr[i?`software`:`gpu`];return{workgroup:o,lanes:a,grid:[Math.ceil(t/(o/a)),e,1]}}function vr(e,t){let n=t.label??t.weight.name,r=`linear "${n}"`,{rows:i,n:a,m:o}=yr(r,t),s=pr(t.weight,t.scales,a),{software:c}=t.facts??xt,{workgroup:l,lanes:u,grid:d}=_r(i,o,a/s.width,s.vectorBytes,c),f=t.output??e.transient(n,[i,o]);return T(r,`output`,f,[i,o]),e.add({op:`linear`,label:`${n} ${a}→${o} ×${i}`,shader:`linear`,parts:[s.part,`tree_sum`],substitutions:{...s.substitutions,WORKGROUP_SIZE:l,LANES:u},overrides:{...s.overrides,HAS_BIAS:Number(t.bias!==void 0),HAS_ADD:Number(t.add!==void 0)},uniforms:[O(`columns`,a/s.width),O(`outputs`,o),O(`input_row`,t.firstRow??0),O(`group_stride`,t.groups===!0?o:0),O(`add_stride`,t.add&&P(t.add,0)>1?o:0),k(`weight_scale`,t.weightScale??1),k(`bias_scale`,t.biasScale??1),k(`slope`,an(t.activation)),k(`gain`,t.activation?.gain??1)],bindings:[...s.bindings,A(t.input),A(t.bias??t.input),A(t.add??t.input),j(f)],grid:d,flops:2*i*a*o}),e.pullback?.({op:`linear`,args:t,output:f}),f}function yr(e,t){let[n,r]=[P(t.input,0),P(t.input,1)],i=t.rows??n-(t.firstRow??0),a=P(t.weight,+!!t.groups);return T(e,`input`,t.input,[Math.max(n,(t.firstRow??0)+i),r]),T(e,`weight`,t.weight,t.groups?[i,a,r]:[a,r]),hr(e,t.weight,t.scales,S(t.weight.shape)/r),t.bias&&T(e,`bias`,t.bias,t.groups?[i,a]:[a]),t.add&&T(e,`add`,t.add,[P(t.add,0)>1?i:1,a]),{rows:i,n:r,m:a}}function L(e,t=0){return{tensor:e,offset:t}}function br(e,t){return[Math.ceil(P(e,1)/t),Math.ceil(P(e,2)/t)]}var xr=class{plan;facts;#e;constructor(e,t,n=e.prepare){this.plan=e,this.facts=t,this.#e=n}static(e,t,n=1){return this.prepared(e,this.plan.conv(e,[e]),t,n)}padded(e,t,n,r=1){return this.prepared(e,this.plan.convPadded(e,t),n,r)}prepared(e,t,n,r){let i={stride:r,spatial:br(n,r),facts:this.facts},a=this.#e;return(a===this.plan.prepare?ir:ar)(a,{label:e,weight:t,...i})}};function Sr(e,t){let n=Math.min(32,128/t);return{lanes:n,grid:N(e,128/n*2)}}function Cr(e,t){let r=t.label??t.output.name,i=`layerHead "${r}"`,a=P(t.state,1)-1,o=S(t.output.shape);n(t.row>=0&&t.row<P(t.state,0),`tensor`,()=>`${i}: row ${t.row} is not one of the state's ${P(t.state,0)}`),T(i,`bias`,t.bias,[o]);let s=t.variant??Rt(t.facts??xt);for(let n of mr(i,t.weight,o,a))wr(e,t,r,s,n,a);return t.output}function wr(e,t,n,r,{tensor:i,firstRow:a,rows:o},s){let c=pr(i,t.weight.scales,s),{lanes:l,grid:u}=Sr(o,c.vectorBytes),d=r===`layer_head_shared`;e.add({op:`layerHead`,label:`${n} ${s}→${o} rows ${a}`,rung:`layerHead/${r}`,shader:r,parts:[c.part,`layer_head`,...d?[`tree_sum`]:[]],substitutions:{...c.substitutions,...d&&{WORKGROUP_SIZE:128,LANES:l,TILE:Math.min(512,s/c.width)}},overrides:{...c.overrides,...!d&&{WORKGROUP_SIZE:64}},uniforms:[O(`z`,s),O(`columns`,s/c.width),O(`rows`,o),O(`first_row`,a),O(`state_row`,t.row)],bindings:[...c.bindings,A(t.state),A(t.bias),j(t.output)],grid:d?u:N(Math.ceil(o/8),64),flops:2*o*s})}function Tr(e,t){let n=t.label??t.delta.name,r=`separableHead "${n}"`,[i,a,o]=[P(t.delta,0),P(t.delta,1),P(t.delta,2)],s=o*o;T(r,`delta`,t.delta,[i,a,o,o]),T(r,`linearIn`,t.linearIn.weight,[a,a]),T(r,`linearIn bias`,t.linearIn.bias,[a]),T(r,`linearOut`,t.linearOut.weight,[i,i]),T(r,`linearOut bias`,t.linearOut.bias,[i]);let c=(r,i,a,o)=>{let c=vr(e,{label:`${n} make ${r}`,input:t.codes,firstRow:t.row,rows:1,...i});return vr(e,{label:`${n} linear ${r}`,input:x(c,[s,o]),weight:a})},l=c(`in`,t.makeIn,t.linearIn.weight,a),u=c(`out`,t.makeOut,t.linearOut.weight,i);return e.add({op:`separableHead`,label:`${n} [${t.delta.shape}]`,shader:`separable_head_outer`,parts:[`tree_sum`],substitutions:{WORKGROUP_SIZE:256},uniforms:[O(`in_channels`,a),O(`out_channels`,i),O(`taps`,s)],bindings:[A(l),A(u),A(t.linearIn.bias),A(t.linearOut.weight),A(t.linearOut.bias),M(t.delta)],grid:[i,1,1],flops:4*i*a*s}),t.delta}const Er={registers:64,quads:64,shared:128},Dr={registers:8,quads:4,shared:1},Or=2**20;function kr(e,t){let n=t.label??`shared head`,r=P(t.state,1)-1,i={where:`sharedHead "${n}"`,label:n,layers:t.rows??P(t.state,0),z:r,channels:t.outChannels,taps:t.taps**2};Ar(t,i);let a=e.transient(`${n} h`,[i.layers*i.channels,r]);return mr(i.where,t.w2,r,i.channels*r).forEach((n,r)=>{jr(e,t,i,a,n,r===0)}),Mr(e,t,i,a)}function Ar(e,{where:t,layers:n,z:r,channels:i,taps:a}){T(t,`state`,e.state,[Math.max(n,P(e.state,0)),r+1]),T(t,`b2`,e.b2,[i*r]),T(t,`w1`,e.w1,[r,i*a]),T(t,`b1`,e.b1,[i*a]),hr(t,e.w1,e.w1Scales,r)}function jr(e,t,n,r,i,a){let o=n.channels*n.z,s=pr(i.tensor,t.w2.scales,o),c=Math.ceil(n.layers/12),l=Math.ceil(n.layers/c),u=t.expand??zt(t.facts??xt),d=u===`shared`?t.slices??(i.rows*o<Or?1:4):1,f=Er[u]/d*Dr[u];e.add({op:`sharedHead`,label:`${n.label} ${n.layers}×${n.z}→${o} rows ${i.firstRow}`,rung:`expand/${u}`,shader:`shared_head_expand_${u}`,parts:[s.part,`shared_head_expand`],substitutions:{...s.substitutions,LAYERS:l,...u!==`registers`&&{QUADS:Math.ceil(l/4)},...u===`shared`&&{WORKGROUP_SIZE:Er[u],SLICES:d,TILE:Math.min(64,i.rows)}},overrides:{...s.overrides,...u!==`shared`&&{WORKGROUP_SIZE:Er[u]}},uniforms:[O(`z`,n.z),O(`layers`,n.layers),O(`columns`,o/s.width),O(`first_row`,i.firstRow),O(`rows`,i.rows)],bindings:[...s.bindings,A(t.state),A(t.b2),a?j(r):M(r)],grid:[Math.ceil(o/s.width/f),c,1],flops:2*n.layers*i.rows*o})}function Mr(e,t,n,r){let[i,a]=[n.layers*n.channels,n.channels*n.taps],o=[n.layers,n.channels,n.channels,t.taps,t.taps],s=t.output??e.transient(`${n.label} Δ`,o);T(n.where,`output`,s,o);let c=t.facts??xt;return(t.product??Bt({rows:i,columns:a},c))===`shared_head_product_direct`?e.add(Nr(t,n,r,s)):Pr(e,t,n,{h:r,output:s,kernel:At(Et(c))}),s}function Nr(e,t,n,r){let[i,a]=[t.layers*t.channels,t.channels*t.taps],o=pr(e.w1,e.w1Scales,a);return{op:`sharedHead`,label:`${t.label} Δ [${r.shape}]`,rung:`sharedHead/shared_head_product_direct`,shader:`shared_head_product_direct`,parts:[o.part],substitutions:o.substitutions,overrides:{...o.overrides,WORKGROUP_SIZE:64},uniforms:[O(`rows`,i),O(`z`,t.z),O(`columns`,a/o.width),O(`rows_per_layer`,t.channels)],bindings:[...o.bindings,A(e.state),A(n),A(e.b1),j(r)],grid:[Math.ceil(a/o.width/64),Math.ceil(i/8),1],flops:2*i*t.z*a}}function Pr(e,t,n,{h:r,output:i,kernel:a}){let[o,s,c]=[n.layers*n.channels,n.channels*n.taps,n.z+1],l=e.transient(`${n.label} left`,[c,o]),u=e.transient(`${n.label} right`,[c,s]),d=pr(t.w1,t.w1Scales,s);e.add({op:`sharedHead`,label:`${n.label} operands [${c}, ${o}] [${c}, ${s}]`,rung:`sharedHead/shared_head_operands`,shader:`shared_head_operands`,parts:[d.part],substitutions:d.substitutions,overrides:{...d.overrides,WORKGROUP_SIZE:64},uniforms:[O(`rows`,o/4),O(`z`,n.z),O(`columns`,s/4),O(`rows_per_layer`,n.channels)],bindings:[...d.bindings,A(t.state),A(r),A(t.b1),j(l),j(u)],grid:N(c*(o+s)/4,64),flops:0});let f=`${n.label} Δ [${i.shape}]`,p=2*o*n.z*s;e.add(wn({op:`sharedHead`,label:f,left:l,right:u,output:i,batches:1,depth:c,rows:o,columns:s,flops:p,kernel:a,precision:`f32`}))}const Fr=128*2**20;function Ir(e,t,n,r){if(n.kind===`shared`&&Lr(e,t,n,r),n.kind!==`shared`&&n.kind!==`separable`)for(let i of n.layers.keys())Rr(e,t,n,i,r)}function Lr(e,{plan:t,layers:r,facts:i},a,o){let s=e=>`hypernet.shared_weight_hypernet.${e}`,c=Vr(r,a.layers[0]??-1).outChannels,l=Math.sqrt(t.size(s(`b1`),0)/c);n(l===1||l===3,`tensor`,()=>`"${s(`b1`)}" [${t.shape(s(`b1`))}] is neither C nor 9·C for C = ${c}`);let u=t.head(s(`w1`),Fr),[d]=u.chunks;n(d&&u.chunks.length===1,`tensor`,()=>`"${s(`w1`)}" [${t.shape(s(`w1`))}] does not fit one binding of 128 MiB`);let f=kr(e,{label:`shared head`,state:a.active,w1:d,w1Scales:u.scales,b1:t.plain(s(`b1`)),w2:t.head(s(`w2`),Fr),b2:t.plain(s(`b2`)),outChannels:c,taps:l,facts:i}),p=c*c*l**2;a.layers.forEach((e,t)=>{o.set(e,{delta:L(x(f,[S(f.shape)]),t*p),taps:l})})}function Rr(e,{plan:t,layers:n,facts:r},i,a,o){let s=Vr(n,i.layers[a]??-1),c=`${i.prefixes[a]}.output.${i.kind===`rgb`?0:1}`,l=Cr(e,{label:c,state:i.active,row:a,weight:t.head(`${c}.weight`,Fr),bias:t.plain(`${c}.bias`),output:e.transient(`ΣΔ of layer ${s.index}`,[s.outChannels,s.inChannels]),facts:r});o.set(s.index,{delta:L(l),taps:1})}function zr(e,t,n=`ΣΔ`){return e.kind===`separable`?new Map(e.layers.map(e=>{let{outChannels:r,inChannels:i}=Vr(t,e);return[e,w(`${n} of layer ${e}`,[r,i,3,3])]})):/* @__PURE__ */ new Map}function Br(e,t,n,r,i){n.layers.forEach((a,o)=>{let s=i.get(a);if(!s)return;let c=e=>({weight:t.plain(`${n.prefixes[o]}.output.0.${e}.weight`),bias:t.plain(`${n.prefixes[o]}.output.0.${e}.bias`)});Tr(e,{label:`separable head ${a}`,codes:r,row:o,makeIn:c(`make_kernel_in`),makeOut:c(`make_kernel_out`),linearIn:c(`kernel_linear_in`),linearOut:c(`kernel_linear_out`),delta:s})})}function Vr(e,t){let r=e[t];return n(r,`model`,()=>`the hypernetwork tunes layer ${t}, the generator has ${e.length}`),r}function Hr(e,t){let n=`latents "${t.label}"`,[r,i]=[P(t.output,0),P(t.output,1)],a=P(t.base,0);T(n,`base`,t.base,[a===1?1:r,i]);let o=t.added?P(t.added,0):0;return t.added&&T(n,`added`,t.added,[o===1?1:r,i]),e.add({op:`latents`,label:`${t.label} [${r}, ${i}]`,shader:`latents`,overrides:{WORKGROUP_SIZE:64},uniforms:[O(`rows`,r),O(`features`,i),O(`base_rows`,a),O(`added_rows`,o)],bindings:[A(t.base),A(t.added??t.base),j(t.output)],grid:N(r*i,64),flops:r*i}),t.output}const Ur=3072;function Wr(e,t){let r=t.label??`se`,i=`squeezeExcite "${r}"`,[a,o,s]=[P(t.input,0),P(t.input,1),P(t.input,2)],[c,l]=[P(t.shortcut,1),P(t.shortcut,2)],u=[P(t.shortcut,0),...[c,l].map(e=>Math.ceil(e/t.shortcutStride))];n(`${u}`==`${t.input.shape}`,`tensor`,()=>`${i}: shortcut [${t.shortcut.shape}] sampled every ${t.shortcutStride} gives [${u}], expects [${t.input.shape}]`);let{pooled:d,gate:f}=Gr(e,t,r,i),p=t.output??e.transient(r,t.input.shape);T(i,`output`,p,t.input.shape);let m=S(t.input.shape);return e.add({op:`squeezeExcite`,label:`${r} scale [${t.input.shape}]`,shader:`se_scale`,overrides:{WORKGROUP_SIZE:256},uniforms:[O(`channels`,a),O(`height`,o),O(`width`,s),O(`shortcut_height`,c),O(`shortcut_width`,l),O(`stride`,t.shortcutStride)],bindings:[A(t.input),A(f),A(t.shortcut),j(p)],grid:N(m,256),flops:2*m}),e.pullback?.({op:`squeezeExcite`,args:t,output:p,also:[d,f]}),p}function Gr(e,{input:t,fc1:r,fc2:i,facts:a},o,s){let[c,l]=[P(t,0),P(r,0)];T(s,`fc1`,r,[l,c]),T(s,`fc2`,i,[c,l]),n(l<=Ur,`tensor`,()=>`${s}: fc1 has ${l} hidden units, at most ${Ur} fit`);let u=Jt(e,{label:`${o} pool`,input:t,facts:a}),d=e.transient(`${o} gate`,[c]);return e.add({op:`squeezeExcite`,label:`${o} gate ${c}→${l}→${c}`,shader:`se_gate`,parts:[`tree_sum`],substitutions:{WORKGROUP_SIZE:256,LANES:32,HIDDEN:Math.max(32,l)},uniforms:[O(`channels`,c),O(`hidden`,l)],bindings:[A(u),A(r),A(i),j(d)],grid:[1,1,1],flops:4*c*l}),{pooled:u,gate:d}}function Kr(e,t,n,r,i){let{plan:a}=t,o=`${n}.res_layer`,s=a.batchNorm(`${o}.0`),c=a.batchNorm(`${o}.4`),l=I(e,{label:`${o}.1`,input:r,weight:t.static(`${o}.1.weight`,r),inScale:L(s.scale),inShift:L(s.shift),activation:{kind:`prelu`,slopes:a.plain(`${o}.2.weight`)}}),u=I(e,{label:`${o}.3`,input:l,weight:t.static(`${o}.3.weight`,l,i),stride:i,outScale:L(c.scale),bias:L(c.shift)}),d=a.has(`${n}.shortcut_layer.0.weight`),f=d?qr(e,t,`${n}.shortcut_layer`,r,i):r,[p,m]=[`${o}.5.fc1.weight`,`${o}.5.fc2.weight`];return Wr(e,{label:`${o}.5`,input:u,fc1:a.plain(p,a.shape(p).slice(0,2)),fc2:a.plain(m,a.shape(m).slice(0,2)),shortcut:f,shortcutStride:d?1:i,facts:t.facts})}function qr(e,t,n,r,i){let a=t.plan.batchNorm(`${n}.1`);return I(e,{label:n,input:r,weight:t.static(`${n}.0.weight`,r,i),stride:i,padding:0,outScale:L(a.scale),bias:L(a.shift)})}var Jr=class{name=`W encoder`;plan;graphs;state;constructor(e,{trunk:t,facts:n,x:r,average:i,output:a}){this.plan=e,this.state={x:r,latents:a};let o=new E(`encode`);Hr(o,{label:`codes`,base:Xr(o,new xr(e,n,o),t,r),added:i,output:a}),this.graphs=/* @__PURE__ */ new Map([[`encode`,o]])}};function Yr(e,t,n,r){let{plan:i}=t,a=i.batchNorm(`encoder.input_layer.1`),o=I(e,{label:`encoder.input_layer`,input:r,weight:t.static(`encoder.input_layer.0.weight`,r),outScale:L(a.scale),bias:L(a.shift),activation:{kind:`prelu`,slopes:i.plain(`encoder.input_layer.2.weight`)}}),s=0;for(let r of n.units)for(let n=0;n<r;n++,s++)o=Kr(e,t,`encoder.body.${s}`,o,n===0?2:1);return o}function Xr(e,t,n,r){let{plan:i}=t,a=Yr(e,t,n,r);return vr(e,{label:`encoder.linear`,input:x(Jt(e,{label:`encoder.pool`,input:a,facts:t.facts}),[1,P(a,0)]),weight:i.plain(`encoder.linear.weight`),bias:i.plain(`encoder.linear.bias`),weightScale:1/Math.sqrt(P(a,0)),facts:t.facts})}var Zr=class{name=`ReStyle-e4e encoder`;plan;graphs;state;heads;constructor(e,t,n){this.plan=e,this.state={pair:w(`x and y`,[6,...Be(t)])};let r=new E(`encode`),i=new xr(e,n,r),a=Yr(r,i,t.encoder,this.state.pair);this.heads=$r(e,t.latentCount).map(e=>{let n=w(`heads ${e[0]} to ${e.at(-1)}`,[e.length,t.styleDim]);return ti(r,i,e,a,n)}),this.graphs=/* @__PURE__ */ new Map([[`encode`,r]])}};function Qr(e,t,n){return Float32Array.from(e,(e,r)=>{let i=r<n?0:t[r]??NaN;return e+(t[r%n]??NaN)+i})}function $r(e,t){let n=Math.max(...ei(e,0).map(t=>e.shape(`${t}.weight`).reduce((e,t)=>e*t,4))),r=Math.max(1,Math.floor(Fr/n)),i=Math.ceil(t/r),a=Math.ceil(t/i);return Array.from({length:i},(e,n)=>Array.from({length:Math.min(a,t-n*a)},(e,t)=>n*a+t))}function ei(e,t){let n=[],r=e=>`encoder.styles.${t}.convs.${2*e}`;for(;e.has(`${r(n.length)}.weight`);)n.push(r(n.length));return n}function ti(e,t,r,i,a){let{plan:o,facts:s}=t,c=r.map(e=>ei(o,e)),l=i;c[0]?.forEach((n,r)=>{let i=c.map(e=>e[r]??n),a=`${n}.weight ×${i.length}`,s=i.map(e=>`${e}.weight`),u=r===0?o.convJoined(a,s):o.conv(a,s),d=i.map(e=>`${e}.bias`);l=I(e,{label:a,input:l,weight:t.prepared(a,u,l,2),stride:2,bias:L(o.concat(`${n}.bias ×${i.length}`,d)),activation:{kind:`leaky`,slope:.01}})}),n(P(l,1)*P(l,2)===1,`model`,()=>`"encoder.styles.${r[0]}": its convolutions leave [${l.shape}] where one pixel is expected; check input_size`);let u=x(l,[r.length,P(l,0)/r.length]),d=e=>r.map(t=>`encoder.styles.${t}.linear.${e}`),[f,p]=[P(u,1),P(a,1)],m=`encoder.styles.${r[0]}.linear ×${r.length}`;return vr(e,{label:m,input:u,weight:x(o.concat(`${m} weight`,d(`weight`)),[r.length,p,f]),bias:x(o.concat(`${m} bias`,d(`bias`)),[r.length,p]),weightScale:1/Math.sqrt(f),groups:!0,output:a,facts:s})}function ni(e,t){let n=t.label??t.output.name;T(`fillNoise "${n}"`,`seed`,t.seed,[1]),T(`fillNoise "${n}"`,`strength`,t.strength,[1]);let r=S(t.output.shape);return e.add({op:`fillNoise`,label:`${n} [${t.output.shape}]`,shader:`fill_noise`,overrides:{WORKGROUP_SIZE:64},uniforms:[O(`n`,r),O(`stream`,t.stream??0)],bindings:[A(t.seed),A(t.strength),j(t.output)],grid:N(Math.ceil(r/2),64),flops:40*r}),t.output}function ri(e,t){let n=t.label??`truncate`,r=`truncate "${n}"`,i=S(t.w.shape),a=S(t.mean.shape);ii(r,t.mean,a,t.w),T(r,`psi`,t.psi,[1]);let o=t.output??e.transient(n,t.w.shape);return T(r,`output`,o,t.w.shape),e.add({op:`truncate`,label:`${n} [${t.w.shape}]`,shader:`truncate`,overrides:{WORKGROUP_SIZE:64},uniforms:[O(`n`,i),O(`mean_count`,a)],bindings:[A(t.w),A(t.mean),A(t.psi),j(o)],grid:[Math.ceil(i/64),1,1],flops:3*i}),o}function ii(e,t,r,i){let a=i.shape.at(-1)??0;n(r===a||r===S(i.shape),`tensor`,()=>`${e}: "${t.name}" [${t.shape}] does not match latents [${i.shape}]`)}function ai(e){let t=e.flatMap(({style:e,energy:t,inChannels:n,outChannels:r})=>Array.from({length:r},(i,a)=>[e,n,r,t+a]));return Float32Array.from(t.flat())}function oi(e,t){let n=t.label??`demodulation`,r=P(t.table,0);T(`demodulation "${n}"`,`table`,t.table,[r,4]);let i=t.output??e.transient(n,[r]);T(`demodulation "${n}"`,`output`,i,[r]);let a=S(t.energy.shape),o=Vt(r,a/r,t.facts??xt);return e.add({op:`demodulation`,label:`${n} ${r} channels`,shader:`demodulation`,parts:[`shared_sum`],overrides:{SHARERS:o},rung:o>1?`sum/shared`:`sum/alone`,uniforms:[O(`channels`,r)],bindings:[A(t.styles),A(t.energy),A(t.table),j(i)],grid:[Math.ceil(r*o/256),1,1],flops:3*a}),e.pullback?.({op:`demodulation`,args:t,output:i}),i}function si(e){return Float32Array.from(e.flatMap(({first:e,length:t})=>[e,t]))}function ci(e,{styles:t,table:n,output:r}){let i=P(n,0);return T(`styleNorm`,`table`,n,[i,2]),T(`styleNorm`,`output`,r,t.shape),e.add({op:`styleNorm`,label:`${i} layers`,shader:`style_norm`,uniforms:[O(`layers`,i)],bindings:[A(t),A(n),j(r)],grid:[i,1,1],flops:0}),r}function li(e,t){let n=t.label??`styles`,r=`styles "${n}"`,[i,a,o]=[P(t.weight,0),P(t.weight,1),P(t.latents,0)];T(r,`latents`,t.latents,[o,a]),T(r,`bias`,t.bias,[i]),T(r,`latentRow`,t.latentRow,[i]),t.offset&&T(r,`offset`,t.offset,[i]);let s=t.output??e.transient(n,[i]);T(r,`output`,s,[i]);let{software:c}=t.facts??xt,l=c?1:16;return e.add({op:`styles`,label:`${n} ${a}→${i}`,shader:`styles`,parts:[`tree_sum`],substitutions:{WORKGROUP_SIZE:64,LANES:l},uniforms:[O(`outputs`,i),O(`features`,a),O(`rows`,o),k(`scale`,t.scale),k(`offset_scale`,+!!t.offset)],bindings:[A(t.latents),A(t.weight),A(t.bias),A(t.latentRow),A(t.offset??t.bias),j(s)],grid:N(i,64/l),flops:2*i*a}),e.pullback?.({op:`styles`,args:t,output:s}),s}function ui(e){let{input:t,label:r,skip:i}=e,a=`toRgb "${r}"`,[o,s,c]=[P(t,0),P(t,1),P(t,2)];n(c%4==0,`tensor`,()=>`${a}: input "${t.name}" is ${c} pixels wide, which is no multiple of 4; pad its rows`),T(a,`weight`,e.weight,[o,1,1,3]),i&&T(a,`skip`,i,[3,s/2,c/2]),Wt(a,`styles`,e.styles,o),Wt(a,`bias`,e.bias,3),T(a,`output`,e.output,[3,s,c]);let l=Vt(s*c/4,o,e.facts??xt);return{op:`toRgb`,label:`${r} ${o}→3 ${s}×${c}`,shader:`to_rgb`,parts:[`shared_sum`],overrides:{SHARERS:l},rung:l>1?`sum/shared`:`sum/alone`,uniforms:[O(`in_channels`,o),O(`height`,s),O(`width`,c),O(`styles`,e.styles.offset),O(`bias`,e.bias.offset),O(`has_skip`,+!!i)],bindings:[A(t),A(e.weight),A(e.styles.tensor),A(e.bias.tensor),A(i??t),j(e.output)],grid:N(s*c/4*l,64),flops:6*o*s*c}}function di(e,t){let n=t.output??e.transient(t.label,[3,P(t.input,1),P(t.input,2)]),r=ui({...t,output:n});return e.add(r),e.pullback?.({op:`toRgb`,args:t,output:n}),{record:r,output:n}}function fi(e,t){let{output:n}=di(e,t);return n}const pi=64*2**20;function mi(e){return 18*e.inChannels*e.outChannels*e.height*e.width}function hi(e,t=pi){let n=4*e.width*Math.max(e.inChannels,9*e.outChannels),r=Math.max(2,Math.floor((t/n-2)/2)*2);return Array.from({length:Math.ceil(e.height/r)},(t,n)=>{let i=n*r,a=Math.min(r,e.height-i),o=Math.max(0,i-1);return{top:i,rows:a,first:o,count:Math.min(e.height,i+a+1)-o}})}function gi(e,t){return It(e,t).variant===`columns`?mn(t.precision??`f32`):`f32`}function _i(e,t){let{weight:r,spatial:i,label:a}=t,o={inChannels:P(r,0),outChannels:P(r,3)};T(`upConv "${a}"`,`weight`,r,[o.inChannels,3,3,o.outChannels]);let s=It({...o,spatial:i},t.facts),c=gi({...o,spatial:i},t.facts);n(c===`f16`||r.dtype===`f32`,`tensor`,()=>`upConv "${a}": ${s.variant} reads θ̂ in f32, "${r.name}" is ${r.dtype}`);let l=c===r.dtype?r:Rn(e,{label:a,input:r}),u=Nn(o.outChannels,[2*i[0],2*i[1]]),d=s.variant===`fused`?Ut(u,9*o.inChannels,36,t.facts):1;return{...s,...o,tensor:l,stored:r,parts:d,precision:t.facts.precision??`f32`}}function vi(e,t){let{input:n,weight:r,label:i}=t,a=`upConv "${i}"`,[o,s]=[P(n,1),P(n,2)],c={inChannels:r.inChannels,outChannels:r.outChannels,height:o,width:s};T(a,`input`,n,[c.inChannels,o,s]);let l=[c.outChannels,2*o,2*s],u=t.output??e.transient(i,l);return T(a,`output`,u,l),r.variant===`fused`?Ln(e,{...t,filter:r.tensor,parts:r.parts,output:u,flops:mi(c)}):r.variant===`columns`?yi(e,t,c,u):e.add(xi(t,c,u)),e.pullback?.({op:`upConv`,args:t,output:u}),u}function yi(e,t,n,r){let i=hi(n,t.maxBytes),a=Sn(Math.max(...i.map(({count:e})=>e))*n.width),o=e.transient(`${t.label} pixels`,[n.inChannels,a],t.weight.tensor.dtype),s=e.transient(`${t.label} products`,[9*n.outChannels,a]);for(let c of i){let i={outHeight:c.count,outWidth:n.width,kernel:1,stride:1,padding:0};On(e,{...t,columns:o,rung:`upConv/columns`,firstRow:c.first},{...n,...i}),e.add(wn({op:`upConv`,label:`${t.label} ${n.inChannels}→${n.outChannels} ${2*n.height}×${2*n.width}`,left:t.weight.tensor,right:o,output:s,batches:1,depth:n.inChannels,rows:9*n.outChannels,columns:a,flops:mi(n)*c.rows/n.height,kernel:t.weight.product,precision:t.weight.precision})),e.add(bi(t,n,c,s,r))}}function bi(e,t,n,r,i){let a=rn(`upConv "${e.label}"`,e,i,r);return{op:`upConvOutput`,label:`${e.label} ${t.outChannels} ${2*t.height}×${2*t.width}`,rung:`upConv/columns`,shader:`upconv_output`,parts:[`vec4_epilogue`],overrides:a.overrides,uniforms:[O(`out_channels`,t.outChannels),O(`height`,t.height),O(`width`,t.width),O(`first_row`,n.first),O(`top`,n.top),O(`rows`,n.rows),O(`padded_pixels`,P(r,1)),...a.fields],bindings:[...a.bindings,A(r),j(i)],grid:N(t.outChannels*Math.ceil(n.rows/2)*t.width/4,64),flops:0}}function xi(e,t,n){let r=4*t.height*t.width,i=nn(`upConv "${e.label}"`,e,{...t,pixels:r},e.input);return{op:`upConv`,label:`${e.label} ${t.inChannels}→${t.outChannels} ${2*t.height}×${2*t.width}`,rung:`upConv/direct`,shader:`upconv_direct`,parts:Zt,overrides:i.overrides,uniforms:[O(`in_channels`,t.inChannels),O(`out_channels`,t.outChannels),O(`height`,t.height),O(`width`,t.width),O(`in_scale`,e.inScale?.offset??0),...cn(e)],bindings:[...i.bindings,A(e.input),A(e.weight.tensor),j(n)],grid:N(t.outChannels*r,64),flops:mi(t)}}function Si(e,t){let{theta:r,delta:i,output:a,label:o}=t,s=`weightUpdate "${o}"`,[c,l,u]=[P(r,0),P(r,1),P(r,3)],d=c*u;T(s,`theta`,r,[c,l,l,u]),T(s,`output`,a,r.shape);let f=t.energy??{tensor:e.transient(`${o} energy`,[d]),offset:0},p=S(f.tensor.shape);n(f.offset+d<=p,`tensor`,()=>`${s}: energy needs ${d} elements at ${f.offset}, "${f.tensor.name}" has ${p}`);let m=i?(t.taps??l)**2:0;if(n(m<=1||m===l**2,`tensor`,()=>`${s}: offsets have ${t.taps}×${t.taps} taps, the kernel ${l}×${l}; taps must be 1 or ${l}`),i){let e=S(i.tensor.shape);n(i.offset+d*m<=e,`tensor`,()=>`${s}: delta needs ${d*m} elements at ${i.offset}, "${i.tensor.name}" has ${e}`)}let h=u%4==0&&f.offset%4==0?4:1;return e.add({op:`weightUpdate`,label:`${o} ${c}→${u} ${l}×${l}`,shader:`weight_update`,substitutions:_n(a,h),uniforms:[O(`in_channels`,c),O(`out_channels`,u/h),O(`taps`,l**2),O(`delta_taps`,m),O(`delta`,i?.offset??0),O(`energy`,f.offset/h),k(`scale`,t.scale)],bindings:[A(r),A(i?.tensor??r),j(a),j(f.tensor)],grid:N(d/h,64),flops:4*d*l**2}),e.pullback?.({op:`weightUpdate`,args:t,output:a}),a}const Ci=16*2**20,wi=({outChannels:e,resolution:t})=>[e,t,t],Ti=e=>qe.f32*S(wi(e))<=Ci,Ei=e=>w(`${e.key} kept`,wi(e));function Di(e,t){let{label:n=`pixel norm`,input:r,output:i}=t,[a,o]=[P(r,0),P(r,1)],s=i??e.transient(n,[a,o]);return T(`pixelNorm "${n}"`,`output`,s,[a,o]),e.add({op:`pixelNorm`,label:`${n} ${a}×${o}`,shader:`pixel_norm`,parts:[`tree_sum`],substitutions:{WORKGROUP_SIZE:64},uniforms:[O(`n`,o)],bindings:[A(r),j(s)],grid:[a,1,1],flops:3*a*o}),e.pullback?.({op:`pixelNorm`,args:t,output:s}),s}const Oi=.01,ki={kind:`leaky`,slope:.2,gain:Math.SQRT2};function Ai(e,t,n,r){let i=Di(e,{label:`mapping.norm`,input:n});for(let n=1;n<=r.layers;n++)i=vr(e,{label:`mapping.${n}`,input:i,weight:t.plain(`${r.prefix}.style.${n}.weight`),bias:t.plain(`${r.prefix}.style.${n}.bias`),weightScale:Oi/Math.sqrt(r.styleDim),biasScale:Oi,activation:ki,facts:r.facts});return i}var ji=class{sizes;layers;styles;#e;#t;#n;#r;#i;#a;#o;#s;#c=/* @__PURE__ */ new Map;#l=/* @__PURE__ */ new Map;constructor(e,{sizes:t,tunedLayers:n,facts:r,prefix:i}){this.#e=e,this.sizes=t,this.#t=r,this.#n=new Set(n),this.#r=i,this.layers=ze(t);let a={style:0,energy:0,demodulation:0};this.#i=this.layers.map(t=>{let n=this.#y(t,`conv.weight`),r=e.conv(n,[n]),i=x(r,r.shape.slice(1)),o={layer:t,theta:i,tuned:this.#f(t,i)?void 0:this.#d(t,i.shape),...a};return a.style+=t.inChannels,t.kind!==`rgb`&&(a.energy+=t.inChannels*t.outChannels,a.demodulation+=t.outChannels),o}),this.styles=w(`${i} styles`,[a.style]);let o=(r.precision??`f32`)!==`f32`;this.#a=o?w(`${i} normalised styles`,[a.style]):this.styles,this.#o=w(`${i} energy`,[a.energy]),this.#s=w(`${i} demodulation`,[a.demodulation])}styleOffsets(){return this.#i.map(({style:e})=>e)}mapping(e,t){let{mappingLayers:n,styleDim:r}=this.sizes;return Ai(e,this.#e,t,{layers:n,styleDim:r,facts:this.#t,prefix:this.#r})}recordStyles(e,t,n){let{styleDim:r}=this.sizes,i=e=>this.layers.map(t=>this.#y(t,`conv.modulation.${e}`)),a=this.styles.shape[0]??0;li(e,{latents:t,weight:x(this.#e.concat(`${this.#r} modulation.weight`,i(`weight`)),[a,r]),bias:this.#e.concat(`${this.#r} modulation.bias`,i(`bias`)),latentRow:this.#e.derive(`${this.#r} latent rows`,[a],[`${this.#r}.conv1.activate.bias`],()=>Float32Array.from(this.layers.flatMap(({inChannels:e,latentIndex:t})=>Array(e).fill(t)))),scale:1/Math.sqrt(r),offset:n,output:this.styles,facts:this.#t})}recordDemodulation(e){let t=this.#i.filter(({layer:e})=>e.kind!==`rgb`).map(({layer:e,style:t,energy:n})=>({...e,style:t,energy:n})),n=this.#s.shape[0]??0;this.#a!==this.styles&&this.#u(e),oi(e,{styles:this.#a,energy:this.#o,table:this.#e.derive(`${this.#r} demodulation table`,[n,4],[],()=>ai(t)),layers:t,output:this.#s,facts:this.#t})}#u(e){let t=this.#i.map(({layer:e,style:t})=>({first:t,length:e.inChannels})),n=`${this.#r} style table`,r=this.#e.derive(n,[t.length,2],[],()=>si(t));ci(e,{styles:this.styles,table:r,output:this.#a})}recordWeights(e,t,n=()=>void 0){for(let{layer:r,theta:i,tuned:a,energy:o}of this.#i){if(!t.includes(r))continue;let s=r.kind===`rgb`?1:3,c=n(r),l=a??e.transient(`${r.key} tuned`,i.shape);Si(e,{label:r.key,theta:i,delta:c?.delta,taps:c?.taps,scale:1/Math.sqrt(r.inChannels*s**2),output:l,energy:r.kind===`rgb`?void 0:L(this.#o,o)}),r.kind===`conv`&&this.#m(e,r,l),r.kind===`up`&&this.#l.set(r,_i(e,this.#p(r,l)))}}#d(e,t){let n=[e.resolution/2,e.resolution/2],r=e.kind===`up`?gi({...e,spatial:n},this.#t):`f32`;return w(`${this.#y(e,`conv.weight`)} tuned`,t,`persistent`,r)}#f(e,t){if(e.kind!==`conv`)return!1;let{weight:n,...r}=this.#h(e,t);return nr(n,r).transform!==void 0}#p({key:e,resolution:t},n){return{label:e,weight:n,spatial:[t/2,t/2],facts:this.#t}}#m(e,t,n){let r=this.#c.get(t)?.tensor;this.#c.set(t,ir(e,{...this.#h(t,n),output:r}))}#h(e,t){let{key:n,resolution:r,index:i}=e,a=[r,r],o=this.#n.has(i);return{label:n,weight:x(t,[1,...t.shape]),spatial:a,retuned:o,facts:this.#t}}recordSynthesis(e,t,n){let r=`${this.#r}.input.input`,i=[],a=this.#e.plain(r,this.#e.shape(r).slice(-3)),o,s=0,c=!0;for(let r of this.#i){let{layer:l}=r;if(l.kind===`rgb`){let t=l.index===this.layers.length-1?n:c?Ei(l):void 0,s=this.#v(e,r,{input:a,skip:o,output:t});o=s.output,c&&i.push({latentRow:l.latentIndex,record:s.record})}else{l.kind===`conv`&&(c&&=Ti(l));let n=l.kind===`conv`&&c?Ei(l):void 0;a=this.#_(e,r,{input:a,noise:t[s++],output:n})}}return i}storedNoises(){return this.#g().map((e,t)=>{let[n,r]=[`${this.#r}.noises.noise_${t}`,this.#y(e,`noise.weight`)],i=[e.resolution,e.resolution];return this.#e.derive(`${n} scaled`,i,[n,r],([e,t])=>(e??/* @__PURE__ */ new Float32Array).map(e=>e*(t?.[0]??0)))})}noiseMaps(){return this.#g().map(({resolution:e},t)=>this.#e.plain(`${this.#r}.noises.noise_${t}`,[e,e]))}noiseStrengths(){return this.#g().map(e=>this.#e.plain(this.#y(e,`noise.weight`)))}#g(){return this.layers.filter(({kind:e})=>e!==`rgb`)}#_(e,t,r){let{layer:i,demodulation:a,style:o}=t,s={...r,label:i.key,inScale:L(this.#a,o),outScale:L(this.#s,a),bias:L(this.#e.plain(this.#y(i,`activate.bias`))),activation:ki},[c,l]=[this.#c.get(i),this.#l.get(i)];return c?I(e,{...s,weight:c}):(n(l,`model`,()=>`generator "${i.key}": recordWeights must come before recordSynthesis`),vi(e,{...s,weight:l}))}#v(e,t,r){let{layer:i,tuned:a,style:o}=t;n(a,`model`,()=>`generator "${i.key}": toRGB reads θ̂ itself`);let s=L(this.#e.plain(this.#y(i,`bias`),[3])),c=L(this.styles,o);return di(e,{...r,label:i.key,weight:a,styles:c,bias:s,facts:this.#t})}#y(e,t){return`${this.#r}.${e.key}.${t}`}},Mi=class{name;plan;sizes;generator;state;graphs;tunedLayers;resumePoints;average;#e=/* @__PURE__ */ new Map;noises;constructor(e,{sizes:t,facts:n,tunedLayers:r=[],prefix:i=`decoder`}){this.name=`generator ${i}`,this.plan=e,this.sizes=t,this.tunedLayers=r,this.average=e.has(`latent_avg`)?e.plain(`latent_avg`):void 0,this.generator=new ji(e,{sizes:t,facts:n,tunedLayers:r,prefix:i}),this.state=Ni(t,this.generator.styles),this.noises=this.generator.storedNoises().map(e=>w(`${e.name} active`,e.shape)),this.#n(),this.#r(),this.#i(),this.#a(),this.resumePoints=this.generator.recordSynthesis(this.#t(`synthesize`),this.noises,this.state.y),this.graphs=this.#e}#t(e){let t=this.#e.get(e)??new E(e);return this.#e.set(e,t),t}#n(){let e=this.generator.storedNoises(),t=this.generator.noiseStrengths();this.noises.forEach((n,r)=>{let[i,a]=[e[r],t[r]],[o,s]=[n.shape[0]??1,n.shape[1]??1];if(!i||!a)return;Hr(this.#t(`storedNoise`),{label:`noise ${o}×${s}`,base:i,output:n});let c=this.state.noiseSeed;ni(this.#t(`freshNoise`),{label:`noise ${r}`,seed:c,stream:r,strength:a,output:n})})}#r(){let{state:e,average:t,generator:n}=this,r=this.#t(`map`),i=n.mapping(r,e.z);t?ri(r,{label:`truncation`,w:Hr(r,{label:`w`,base:i,output:r.transient(`w of every layer`,e.base.shape)}),mean:t,psi:e.psi,output:e.base}):Hr(r,{label:`codes`,base:i,output:e.base})}#i(){let{generator:e,plan:t,tunedLayers:n}=this,r=new Set(n),{layers:i}=e;e.recordWeights(t.prepare,i.filter(({index:e})=>!r.has(e))),e.recordWeights(this.#t(`untune`),i.filter(({index:e})=>r.has(e)))}#a(){let{base:e,offset:t,latents:n,styleOffset:r}=this.state,i=this.#t(`style`);Hr(i,{label:`edits`,base:e,added:t,output:n}),this.generator.recordStyles(i,n,r),this.generator.recordDemodulation(this.#t(`demodulate`))}};function Ni({size:e,styleDim:t,latentCount:n},r){let i=[n,t];return{z:w(`z`,[1,t]),psi:w(`psi`,[1]),noiseSeed:w(`noise seed`,[1]),base:w(`codes`,i),offset:w(`latent offset`,i),latents:w(`latents`,i),styleOffset:w(`style offset`,r.shape),styles:r,y:w(`y`,[3,e,e])}}function Pi(e,t){let{stored:r,output:i,label:a}=t,o=`turnWeights "${a}"`,[s,c]=[P(r,0),P(r,1)],{first:l=0,stride:u=s}=t;T(o,`stored`,r,[s,c]),n(r.dtype!==`i8`&&i.dtype===`f32`,`tensor`,()=>`${o}: turns f32 or f16 into f32, got ${r.dtype} and ${i.dtype}; convert the checkpoint again`);let[d,f]=[l+(c-1)*u+s,S(i.shape)];n(u>=s&&d<=f,`tensor`,()=>`${o}: [${r.shape}] at ${l}, stride ${u}, ends at ${d}; "${i.name}" has ${f}`),e.add({op:`turnWeights`,label:`${a} ${s}×${c}`,shader:`turn_weights`,overrides:{HALF:+(r.dtype===`f16`)},uniforms:[O(`rows`,s),O(`row_length`,c),O(`stride`,u),O(`first`,l)],bindings:[A(r),j(i)],grid:N(s*c,64),flops:0})}const Fi=64*2**20;function Ii(e){return S(e.shape)/Li(e)*qe[e.dtype]}function Li(e){return e.shape[0]??1}function Ri(e){let t=/^(.*)#rows=(\d{1,9}):(\d{1,9})$/.exec(e);return t?{name:t[1]??``,from:Number(t[2]),to:Number(t[3])}:{name:e,from:0,to:null}}function zi(e){e.byteLength===e.buffer.byteLength&&e.buffer.transfer?.(0)}function Bi(e,t,r){n(Number.isSafeInteger(t)&&Number.isSafeInteger(r)&&t>=0&&r>=0&&t+r<=e.size,`file`,()=>`${e.name}: bytes ${t} to ${t+r} are needed, but the file has ${e.size}; it is truncated or corrupt: download it again`)}function Vi(e,t){let n={name:e,size:t.byteLength,async read(e,r){return Bi(n,e,r),t.slice(e,e+r)}};return n}function Hi(e,t=e instanceof File?e.name:`blob`){let r={name:t,size:e.size,async read(a,o){Bi(r,a,o);let s=await e.slice(a,a+o).arrayBuffer().catch(e=>{throw new i(`file`,`${t}: cannot be read any more; choose the file again`,{cause:e})}),c=new Uint8Array(s);return n(c.length===o,`file`,`${t}: read ${c.length} of ${o} bytes; choose the file again`),c}};return r}function Ui(e,t,n,r=e.name){Bi(e,t,n);let i={name:r,size:n,read(n,r){return Bi(i,n,r),e.read(t+n,r)}};return i}const Wi=/* @__PURE__ */ new Uint32Array(1),Gi=new Float32Array(Wi.buffer);let Ki;function qi(){return Ki??=Float32Array.from({length:65536},(e,t)=>{let n=t&32768?-1:1,r=t>>10&31,i=t&1023;return r===31?i?NaN:n*(1/0):r?n*2**(r-15)*(1+i/1024):n*2**-14*(i/1024)}),Ki}function Ji(e){let t=qi(),n=new Float32Array(e.length);for(let r=0;r<e.length;r++)n[r]=t[e[r]];return n}function Yi(e){let t=new Uint16Array(e.length);for(let n=0;n<e.length;n++)Gi[0]=e[n],t[n]=Xi(Wi[0]);return t}function Xi(e){let t=e>>>16&32768,n=e&2147483647;if(n>2139095040)return t|32256;if(n>=1199566848)return t|31744;if(n<855638017)return t;if(n<947912704){let e=126-(n>>>23);return t|Zi(n&8388607|8388608,e)}return t|Zi(n-939524096,13)}function Zi(e,t){let n=1<<t-1,r=e>>>t&1;return e+n-1+r>>>t}function Qi(e){let t=new Uint32Array(e.length);for(let n=0;n<e.length;n++)t[n]=e[n]<<16;return new Float32Array(t.buffer)}const $i={f64:8,f32:4,f16:2,bf16:2,i64:8,i32:4,i16:2,i8:1,u8:1,bool:1},ea=2**20;function ta(e){let t=Array(e.length).fill(1);for(let n=e.length-2;n>=0;n--)t[n]=(t[n+1]??1)*Math.max(e[n+1]??1,1);return t}function na(e,t,r,i,a){ia(e,t,r,i,a);let o=$i[t.dtype],s=i[0]??1,c=async(c,l)=>{n(c>=0&&c<=l&&l<=s,`tensor`,()=>`${t.source.name}: tensor "${e}" has rows 0 to ${s}, not ${c} to ${l}`);let u=oa(i,a,c,l);if(u.count===0)return/* @__PURE__ */ new Float32Array;let d=t.byteOffset+(r+c*(a[0]??0))*o,f=await t.source.read(d,u.span*o),p=u.contiguous?f:sa(f,o,u.shape,a),m=ca(t.dtype,p);for(let e of/* @__PURE__ */ new Set([f,p]))e.buffer!==m.buffer&&zi(e);return m};return{name:e,shape:i,dtype:t.dtype,storageKey:t.key,byteOffset:r*o,strides:a,rows:s,read:()=>c(0,s),readRows:c,renamed:(n,o=i,s=o===i?a:aa(e,i,a,o))=>na(n,t,r,o,s)}}function ra(e,t,n){return na(e,{key:e,dtype:`f32`,source:Vi(e,new Uint8Array(n.buffer,n.byteOffset,n.byteLength)),byteOffset:0,elements:n.length},0,t,ta(t))}function ia(e,t,r,i,a){let o=`${t.source.name}: tensor "${e}" [${i}]`,s=e=>Number.isSafeInteger(e)&&e>=0;n(i.length===a.length&&[...i,...a,r].every(s),`tensor`,()=>`${o}: shape, strides [${a}] and offset ${r} must be as many whole numbers from 0; the file is corrupt: download it again`);let c=i.includes(0),l=c?0:i.reduce((e,t)=>e*t,1),u=i.reduce((e,t,n)=>e+(t-1)*(a[n]??0),r);n(c||u<t.elements,`tensor`,()=>`${o}: reaches element ${u} of a storage of ${t.elements}; the file is corrupt or truncated: download it again`),n(l<=Math.max(t.elements,ea),`tensor`,()=>`${o}: repeats ${t.elements} stored elements to ${l}; save a contiguous copy of it`)}function aa(e,t,r,i){let a=e=>e.filter(e=>e!==1),o=r.filter((e,n)=>t[n]!==1);n(a(t).join()===a(i).join(),`tensor`,()=>`tensor "${e}": [${t}] cannot be seen as [${i}]`);let s=0;return i.map(e=>e===1?1:o[s++]??1)}function oa(e,t,n,r){let i=e.length===0?e:[r-n,...e.slice(1)],a=i.reduce((e,t)=>e*t,1),o=a===0?0:1+i.reduce((e,n,r)=>e+(n-1)*(t[r]??0),0),s=ta(i);return{shape:i,count:a,span:o,contiguous:i.every((e,n)=>e===1||s[n]===t[n])}}function sa(e,t,n,r){let i=t===8?2:1,a={1:Uint8Array,2:Uint16Array}[t]??Uint32Array,o=new a(e.buffer,e.byteOffset,e.byteLength/t*i),s=n.reduce((e,t)=>e*t,1),c=new a(s*i),l=Array(n.length).fill(0),u=0;for(let e=0;e<s;e++){for(let t=0;t<i;t++)c[e*i+t]=o[u*i+t];for(let e=n.length-1;e>=0;e--){let t=r[e];if(l[e]=l[e]+1,u+=t,l[e]<n[e])break;u-=t*l[e],l[e]=0}}return new Uint8Array(c.buffer)}function ca(e,t){let n=t.byteLength/$i[e],{buffer:r,byteOffset:i}=t;switch(e){case`f32`:return new Float32Array(r,i,n);case`f64`:return Float32Array.from(new Float64Array(r,i,n));case`f16`:return Ji(new Uint16Array(r,i,n));case`bf16`:return Qi(new Uint16Array(r,i,n));case`i64`:return Float32Array.from(new BigInt64Array(r,i,n),Number);case`i32`:return Float32Array.from(new Int32Array(r,i,n));case`i16`:return Float32Array.from(new Int16Array(r,i,n));case`i8`:return Float32Array.from(new Int8Array(r,i,n));case`u8`:case`bool`:return Float32Array.from(t)}}const la=({buffer:e,byteOffset:t,byteLength:n})=>new Uint8Array(e,t,n);var ua=class{#e;#t=/* @__PURE__ */ new Map;#n;#r=/* @__PURE__ */ new Map;#i=/* @__PURE__ */ new Map;#a=/* @__PURE__ */ new Map;#o=/* @__PURE__ */ new Set;constructor(e,t,n){this.#e=n,this.#n=t;for(let t of e)this.#t.set(t.key,[...this.#t.get(t.key)??[],t]),this.#r.set(t.target,(this.#r.get(t.target)??0)+t.rows),this.#o.add(t.key);for(let e of t)for(let t of e.keys)this.#i.set(t,(this.#i.get(t)??/* @__PURE__ */ new Set).add(e)),this.#o.add(t)}get heldBytes(){return[...this.#a.values()].reduce((e,t)=>e+t.byteLength,0)}async begin(){for(let e of this.#n)e.keys.length===0&&await this.#u(e)}async visit(e,t,n){let r=n+(Ii(e)>0?t.byteLength/Ii(e):0);for(let r of this.#t.get(e.name)??[])await this.#s(r,e,t,n);if(this.#i.has(e.name)&&this.#l(e,t,n),!(r<Li(e))){this.#o.delete(e.name);for(let t of this.#i.get(e.name)??[])t.keys.every(e=>!this.#o.has(e))&&await this.#u(t)}}async rehearse(e){for(let t of this.#t.get(e.name)??[])await this.#e.open(t.target),await this.#c(t.target,t.rows)}expectComplete(e){let t=[...this.#o].slice(0,3).join(`, `);n(this.#o.size===0,`tensor`,()=>`"${e}" ended without the tensors ${t}`)}async#s(e,t,n,r){let{target:i,firstRow:a,rows:o,byteOffset:s}=e,c=Ii(t),[l,u]=[Math.max(a,r),Math.min(a+o,r+n.byteLength/c)];if(l>=u)return;await this.#e.open(i);let d=n.subarray((l-r)*c,(u-r)*c);this.#e.write(i,d,s+(l-a)*c),await this.#c(i,u-l)}async#c(e,t){let n=(this.#r.get(e)??0)-t;this.#r.set(e,n),n===0&&await this.#e.close(e)}#l(e,t,n){let r=t.byteOffset%4==0?t:t.slice(),i=ca(e.dtype,r),a=S(e.shape),o=i.buffer!==t.buffer;if(o&&i.length===a){this.#a.set(e.name,i);return}let s=this.#a.get(e.name)??new Float32Array(a);s.set(i,n*a/Li(e)),this.#a.set(e.name,s),o&&zi(la(i))}async#u(e){let{target:t,keys:n,build:r}=e;await this.#e.open(t);let i=r(n.flatMap(e=>this.#a.get(e)??[]));this.#e.write(t,i),zi(la(i));for(let t of n)this.#d(t,e);await this.#e.close(t)}#d(e,t){let n=this.#i.get(e);if(n?.delete(t),n?.size!==0)return;let r=this.#a.get(e);r&&zi(la(r)),this.#i.delete(e),this.#a.delete(e)}},da=class{prepare=new at(`prepare`);infos;#e=[];#t=[];#n=/* @__PURE__ */ new Map;#r=/* @__PURE__ */ new Map;constructor(e){this.infos=e}has(e){return this.infos.has(e)}shape(e){return this.#c(e).shape}size(e,t){let r=this.shape(e)[t];return n(r!==void 0,`tensor`,()=>`"${e}" [${this.shape(e)}] has no dimension ${t}`),r}get targets(){return[...new Set([...this.#e,...this.#t].map(({target:e})=>e))]}derive(e,t,n,r){return this.#a(e,t,e=>{for(let e of n)this.#c(e);this.#e.push({target:e,keys:n,build:r})})}plain(e,t=this.shape(e)){return this.#l(e,t),this.#a(e,t,t=>this.#s(e,t,0))}concat(e,t){let n=t.map(e=>S(this.shape(e))),r=n.reduce((e,t)=>e+t,0);return this.#a(e,[r],e=>{let r=0;t.forEach((t,i)=>{this.#s(t,e,r),r+=n[i]??0})})}conv(e,t){let[n,r,i]=this.#u(t),a=r*i*i;return this.#a(e,[t.length,r,i,i,n],e=>{t.forEach((t,r)=>{Pi(this.prepare,{label:t,stored:this.#o(t,[n,a]),output:e,first:r*n*a})})})}convPadded(e,t){let[r,i,a]=this.#u([e]);return n(t>=r,`tensor`,()=>`"${e}" has ${r} output channels, more than the ${t} it is padded to`),this.#a(`${e} padded`,[1,i,a,a,t],n=>{let o=this.#o(e,[r,i*a*a]);Pi(this.prepare,{label:e,stored:o,output:n,stride:t})})}padded(e,t){return this.derive(`${e} padded`,[t],[e],([e])=>{let n=new Float32Array(t);return n.set(e??[]),n})}convJoined(e,t){let[n,r,i]=this.#u(t),a=n*t.length;return this.#a(e,[1,r,i,i,a],e=>{t.forEach((t,o)=>{let s=this.#o(t,[n,r*i*i]);Pi(this.prepare,{label:t,stored:s,output:e,first:o*n,stride:a})})})}batchNorm(e){let[t,n,r,i]=[`weight`,`bias`,`running_mean`,`running_var`].map(t=>`${e}.${t}`),a=this.shape(`${t}`),o=(e,t)=>e?.[t]??0,s=(e,t,n)=>o(e,n)/Math.sqrt(o(t,n)+1e-5),c=this.derive(`${e}.scale`,a,[`${t}`,`${i}`],([e,t])=>Float32Array.from({length:e?.length??0},(n,r)=>s(e,t,r))),l=[`${t}`,`${n}`,`${r}`,`${i}`];return{scale:c,shift:this.derive(`${e}.shift`,a,l,([e,t,n,r])=>Float32Array.from({length:e?.length??0},(i,a)=>o(t,a)-o(n,a)*s(e,r,a)))}}head(e,t){let n=this.#r.get(e);if(n)return n;let r=this.#i(e,t);return this.#r.set(e,r),r}#i(e,t){let n=this.#c(e),r=Li(n),i=S(n.shape)/r,a=Ii(n)%4==0?1:4,o=Math.max(a,Math.floor(t/Ii(n)/a)*a),s=[];for(let t=0;t<r;t+=o){let a=Math.min(o,r-t),c=w(`${e} rows ${t}`,[a,i],`persistent`,n.dtype);this.#t.push({target:c,key:e,firstRow:t,rows:a,byteOffset:0}),s.push(c)}return{chunks:s,scales:n.dtype===`i8`?this.plain(`${e}.scale`):void 0}}async load(e,t,n){let r=new ua(this.#t,this.#e,t);await r.begin(),await e.stream((e,t,n)=>r.visit(e,t,n),n),r.expectComplete(e.name)}async rehearse(e){let t=new ua(this.#t,[],e);for(let e of this.infos.values())await t.rehearse(e)}#a(e,t,n){let r=this.#n.get(e);if(r)return r;let i=w(e,t);return this.#n.set(e,i),n(i),i}#o(e,t){let{dtype:n}=this.#c(e),r=w(`${e} stored`,t,`persistent`,n);return this.#t.push({target:r,key:e,firstRow:0,rows:Li(this.#c(e)),byteOffset:0}),r}#s(e,t,n){let r=this.#c(e),i=n*qe.f32;if(r.dtype===`f32`)this.#t.push({target:t,key:e,firstRow:0,rows:Li(r),byteOffset:i});else{let i=this.#o(e,[1,S(r.shape)]);Pi(this.prepare,{label:e,stored:i,output:t,first:n})}}#c(e){let t=this.infos.get(e);return n(t,`tensor`,()=>`the model has no tensor "${e}": convert the complete checkpoint again`),t}#l(e,t){let r=this.shape(e);n(S(r)===S(t),`tensor`,()=>`"${e}" expects [${t.join(`, `)}], the model has [${r.join(`, `)}]`)}#u(e){let t=e.map(e=>this.shape(e).slice(-4)),[r]=t,[i,a,o]=r??[];return n(i&&a&&o,`tensor`,()=>`"${e[0]}" is no convolution weight: expects [O, I, k, k], has [${r}]`),t.forEach((t,i)=>{n(`${t}`==`${r}`,`tensor`,()=>`"${e[i]}" expects [${r}] like "${e[0]}", the model has [${t}]`)}),[i,a,o]}},fa=class{name=`ReStyle-e4e`;architecture;plan;generator;encoder;graphs;transfers;state;x;pooled;constructor({architecture:e,tensors:t},n){this.architecture=e,this.plan=new da(t),this.generator=new Mi(this.plan,{sizes:e,facts:n}),this.encoder=new Zr(this.plan,e,n);let r=[3,...Be(e)];this.x=w(`restyle x`,r),this.pooled=w(`restyle pooled y`,r);let{pair:i}=this.encoder.state,{inputSize:a,cropRows:o}=e,s=new E(`pool`);Yt(s,{label:`pool y`,input:this.generator.state.y,height:a,width:a,rows:o,output:this.pooled}),this.state={...this.generator.state,pair:i,x:this.x,pooled:this.pooled,...Object.fromEntries(this.encoder.heads.map(e=>[e.name,e]))},this.graphs=new Map([...this.generator.graphs,...this.encoder.graphs,[`pool`,s]]),this.transfers=/* @__PURE__ */ new Map([[`gather`,[{from:this.x,to:i},{from:this.pooled,to:i,byteOffset:C(this.x)}]]])}},pa=class e{network;#e;constructor(e,t){this.network=e,this.#e=t}static async mount(t,n,r={}){let i=new fa(n,t.opened.facts),a=await t.mount(i,n,r);a.run(`storedNoise`,`untune`);let{offset:o,styleOffset:s}=i.generator.state;for(let e of[o,s])a.write(e,new Float32Array(S(e.shape)));return new e(i,a)}async invert(e,t=2,n=()=>{}){let{network:r}=this;this.#e.write(r.x,e);let i=await this.average();for(let e=1;e<=t;e++)this.synthesize(i),this.#e.run(`pool`,`gather`,`encode`),i=Qr(i,await this.#t(),r.architecture.styleDim),n(i,e);return i}async average(){let{average:e}=this.network.generator;return e?Float32Array.from(await this.#e.read(e)):/* @__PURE__ */ new Float32Array}synthesize(e){this.#e.write(this.network.generator.state.base,e),this.#e.run(`style`,`demodulate`,`synthesize`)}read(e){return this.#e.read(e)}pooled(){return this.#e.run(`pool`),this.#e.read(this.network.pooled)}dispose(){this.#e.dispose()}async#t(){let e=[];for(let t of this.network.encoder.heads)e.push(await this.#e.read(t));let t=new Float32Array(e.reduce((e,t)=>e+t.length,0)),n=0;for(let r of e)t.set(r,n),n+=r.length;return t}};function ma({plan:e,graphs:t}){return[e.prepare,...t.values()]}function ha({plan:e,graphs:t,transfers:n,state:r}){let i=[...t.values()].flatMap(e=>e.persistentTensors()),a=[...n?.values()??[]].flat().flatMap(({from:e,to:t})=>e?[e,t]:[t]),o=new Set(e.prepare.persistentTensors()),s=e.targets.filter(e=>!o.has(e));return[...new Set([...s,...Object.values(r),...i,...a].map(b))]}function ga(e){let t=new Set(ha(e));return new Set(e.plan.prepare.persistentTensors().filter(e=>!t.has(e)))}const _a={discard:e=>e.dispose()};async function va(t,{signal:n,ends:r,discard:i}={}){let a=!1,o=()=>void 0,s=()=>{try{e(n)}catch(e){o(e)}};try{return await new Promise((e,c)=>{o=c,t.then(t=>a?i?.(t):e(t),c),r?.add(o),n?.addEventListener(`abort`,s),s()})}finally{a=!0,r?.delete(o),n?.removeEventListener(`abort`,s)}}function ya(e,t){for(let r of t)n(!r.startsWith(`mapping.embed.`)&&!/^synthesis\.b\d+\.skip\./.test(r),`model`,()=>`${e}: "${r}" belongs to a conditional or residual generator; only unconditional skip generators are read`)}function ba(e){let t=/^mapping\.fc(\d+)\.(weight|bias)$/.exec(e);if(t)return`style.${Number(t[1])+1}.${t[2]}`;if(e===`synthesis.b4.const`)return`input.input`;let[,n]=/^synthesis\.b(\d+)\.resample_filter$/.exec(e)??[];if(n)return Number(n)>4?`to_rgbs.${Math.log2(Number(n))-3}.upsample.kernel`:null;let[,r,i,a]=/^synthesis\.b(\d+)\.(conv0|conv1|torgb)\.(.+)$/.exec(e)??[];if(!r||!i||!a)return null;let o=Math.log2(Number(r))-2;if(i===`torgb`){let e=o===0?`to_rgb1`:`to_rgbs.${o-1}`;return a===`bias`?`${e}.bias`:xa(e,a)}let s=2*(o-1)+ +(i===`conv1`);if(a===`noise_const`)return`noises.noise_${s+1}`;let c=o===0?`conv1`:`convs.${s}`;return a===`noise_strength`?`${c}.noise.weight`:a===`resample_filter`?i===`conv0`?`${c}.conv.blur.kernel`:null:a===`bias`?`${c}.activate.bias`:xa(c,a)}function xa(e,t){return t===`weight`?`${e}.conv.weight`:t===`affine.weight`||t===`affine.bias`?`${e}.conv.modulation${t.slice(6)}`:null}function Sa(e,t){return/\.conv\.weight$|input\.input$/.test(e)?[1,...t]:/noises\.noise_\d+$/.test(e)?[1,1,...t]:/to_rgbs?\d?(\.\d+)?\.bias$/.test(e)?[1,...t,1,1]:/noise\.weight$/.test(e)?[1]:t}const Ca=[`latent_avg`,`mean_latent`,`latent_mean`,`avg_latent`,`dlatent_avg`,`w_avg`];function wa(e){return Ca.includes(e)}const Ta=/* @__PURE__ */ new Set([`module`,`_orig_mod`,`_forward_module`,`_fsdp_wrapped_module`,`_checkpoint_wrapped_module`]),Ea=/* @__PURE__ */ new Map([[`state_dict`,``],[`g_ema`,`decoder.`],[`g`,`decoder.`]]),Da=[{kind:`hypernet`,pattern:/^(.*\.|)(?:refinement_blocks\.\d+\.convs\.0\.weight|shared_weight_hypernet\.w1)$/},{kind:`encoder`,pattern:/^(.*\.|)(?:input_layer\.0\.weight|body\.0\.res_layer\.1\.weight)$/},{kind:`decoder`,pattern:/^(.*\.|)(?:input\.input|conv1\.conv\.weight)$/},{kind:`lpips`,pattern:/^(.*\.|)(?:features\.0\.weight|lin0\.model\.1\.weight)$/},{kind:`decoder`,ada:!0,pattern:/^(.*\.|)synthesis\.b4\.(?:const|conv1\.weight)$/}];function Oa(e){let t=/* @__PURE__ */ new Map;for(let n of e){let e=ka(n);t.has(e)||t.set(e,n)}let n=Aa([...t.keys()]),r=/* @__PURE__ */ new Map,i=Fa([...t.keys()],n),a=new Set(i);for(let[e,i]of t){if(a.has(e))continue;let t=n.length>0?Ma(e,n):Pa(e);t===null&&e.endsWith(`.resample_filter`)&&a.add(e),t===null||r.has(t)||(r.set(t,i),a.add(e))}let o=new Set([...a].map(e=>t.get(e)));return{taken:r,averages:i.map(e=>t.get(e)??e),ada:Na([...t.keys()],n),leftOut:e.filter(e=>!o.has(e))}}function ka(e){let t=e.split(`.`);return t.filter((e,n)=>n===t.length-1||!Ta.has(e)).join(`.`)}function Aa(e){let t=/* @__PURE__ */ new Map;for(let n of e)for(let{kind:e,ada:r=!1,pattern:i}of Da){let a=i.exec(n)?.[1];a!==void 0&&t.set(`${e} ${a}`,{kind:e,ada:r,prefix:a})}let n=(e,n)=>[...t.values()].filter(n=>n.kind===e&&!(e===`encoder`&&t.has(`hypernet ${n.prefix}`))).sort((e,t)=>ja(e,n)-ja(t,n))[0],r=n(`hypernet`),i=[r,n(`decoder`,r),n(`encoder`,r)].filter(e=>e!==void 0),a=i.length>0?void 0:n(`lpips`);return a?[a]:i}function ja({prefix:e},t){let n=t?.prefix.replace(/[^.]*\.$/,``)??``;return 1e3*(t&&e.replace(/[^.]*\.$/,``)===n?0:1)+(/ema/i.test(e)?0:100)+e.split(`.`).length}function Ma(e,t){let[n]=t.filter(({prefix:t})=>e.startsWith(t)).sort((e,t)=>t.prefix.length-e.prefix.length);if(!n)return null;let r=e.slice(n.prefix.length),i=n.ada?ba(r):r;return i===null?null:`${n.kind}.${i}`}function Na(e,t){let n=t.find(e=>e.ada)?.prefix;return n===void 0?null:e.filter(e=>e.startsWith(n)).map(e=>e.slice(n.length))}function Pa(e){let[t=``,...n]=e.split(`.`),r=Ea.get(t);return r!==void 0&&n.length>0?`${r}${n.join(`.`)}`:n.length===0?t:null}function Fa(e,t){let n=t.find(({kind:e})=>e===`decoder`),r=/* @__PURE__ */ new Map;for(let t of e){let e=t.split(`.`);if(/^\d+$/.test(e.at(-1)??``)&&e.pop(),!wa(e.at(-1)??``))continue;let n=e.join(`.`),i=r.get(n);i?i.push(t):r.set(n,[t])}let i=e=>{let t=e.split(`.`);return n&&e===`${n.prefix}mapping.w_avg`?0:(n?.prefix&&e.startsWith(n.prefix)?1:2)*100*t.length+Ca.indexOf(t.at(-1)??``)},[a]=[...r.keys()].sort((e,t)=>i(e)-i(t));return a===void 0?[]:r.get(a)??[]}function Ia(e,t,n){let r=/* @__PURE__ */ new Map;for(let t of e){let e=t.split(`.`).slice(0,t.startsWith(`state_dict.`)?2:1).join(`.`);r.set(e,(r.get(e)??0)+1)}return[...za(``,[...[...r].map(([e,t])=>t===1?e:`${e} (${t} tensors)`),...t]),...za(`objects, of which nothing was run: `,n)]}const La=[[/(^|\.)synthesis\.L\d+_\d+_\d+\./,`is a StyleGAN3 generator; only generators of StyleGAN2 are read`],[/(^|\.)model\.diffusion_model\./,`is a diffusion model; only HyperStyle checkpoints and StyleGAN2 generators are read`]];function Ra(e){let t=La.find(([t])=>e.some(e=>t.test(e)));if(t)return t[1];let n=`expected a HyperStyle checkpoint, a W encoder or a StyleGAN2 generator`;return e.length>0?`holds no network that is read here, but ${za(``,e,3)[0]}; ${n}`:`holds no tensors; ${n}`}function za(e,t,n=12){if(t.length===0)return[];let r=t.length>n?` and ${t.length-n} more`:``;return[`${e}${t.slice(0,n).map(Ba).join(`, `)}${r}`]}function Ba(e){return e.length>80?`${e.slice(0,80)}…`:e}const Va=2**16,Ha=2**24,Ua=new TextDecoder;var Wa=class{source;#e=/* @__PURE__ */ new Uint8Array;#t=new DataView(this.#e.buffer);#n;#r=0;constructor(e,t){this.source=e,this.#n=t}get position(){return this.#n+this.#r}get low(){return this.#e.length-this.#r<9}async refill(e=Va){this.#n=this.position,this.#r=0,this.#e=await this.source.read(this.#n,Math.min(Math.max(e,Va),this.source.size-this.#n)),this.#t=new DataView(this.#e.buffer)}byte(){return this.#t.getUint8(this.#i(1))}uint16(){return this.#t.getUint16(this.#i(2),!0)}int32(){return this.#t.getInt32(this.#i(4),!0)}uint32(){return this.#t.getUint32(this.#i(4),!0)}uint64(){return Number(this.#t.getBigUint64(this.#i(8),!0))}float64(){return this.#t.getFloat64(this.#i(8),!1)}async bytes(e){n(e<=Ha,`pickle`,()=>this.message(`has a text of ${e} bytes, above ${Ha}`)),this.#a(e),this.#e.length-this.#r<e&&await this.refill(e);let t=this.#i(e);return this.#e.subarray(t,t+e)}async text(e){return Ua.decode(await this.bytes(e))}async line(){let e=()=>this.#e.indexOf(10,this.#r);e()<0&&await this.refill();let t=e();n(t>=0,`pickle`,()=>this.message(`has a line longer than ${Va} bytes, or is truncated`));let r=this.#i(t-this.#r+1);return Ua.decode(this.#e.subarray(r,t))}skip(e){this.#a(e);let t=this.position;return this.#r=Math.min(this.#r+e,2**53-1),this.#r>this.#e.length&&(this.#n=t+e,this.#r=0,this.#e=/* @__PURE__ */ new Uint8Array),t}message(e){return`${this.source.name}: the pickle ${e} (byte ${this.position}); the file is corrupt or no model: download it again`}#i(e){let t=this.#r;return n(t+e<=this.#e.length,`pickle`,()=>this.message(`ends in the middle of an instruction`)),this.#r=t+e,t}#a(e){n(e>=0&&this.position+e<=this.source.size,`pickle`,()=>this.message(`announces ${e} bytes, but the file ends after ${this.source.size-this.position}`))}},Ga=class{items;hashable;constructor(e){this.items=e,this.hashable=e.every(Ka)}};function Ka(e){return e instanceof Ga?e.hashable:e!==void 0&&!Array.isArray(e)&&!(e instanceof R)}function qa(e){return e===null?`None`:[`string`,`number`,`bigint`,`boolean`].includes(typeof e)?String(e):null}function Ja(e){let t=qa(e);return t===null?Array.isArray(e)?`a list`:e instanceof Ga?`a tuple`:e instanceof R?`a dict`:`an object`:t.length>60?`${t.slice(0,60)}…`:t}var R=class{entries=/* @__PURE__ */ new Map;set(e,t){return Ka(e)?(this.entries.set(e,t),!0):!1}get(e){return this.entries.get(e)}},Ya=class{items=[]},Xa=class{source;offset;length;constructor(e,t,n){this.source=e,this.offset=t,this.length=n}},z=class{name;build;opaque;constructor(e,t,n=!1){this.name=e,this.build=t,this.opaque=n}},B=class{of;args;opaque;state=null;constructor(e,t,n=!1){this.of=e,this.args=t,this.opaque=n}};function Za(e){return new z(e,()=>new B(e,[],!0),!0)}function Qa(e){return(e instanceof z||e instanceof B)&&e.opaque}var $a=class{id;constructor(e){this.id=e}};function V(e){return Array.isArray(e)?e:e instanceof Ga?e.items:null}function eo(e){let t=1e5,n=(e,r)=>{if(r>16||t--<=0)return null;let i=e instanceof Ya?e.items:V(e);if(i)return i.map(e=>n(e,r+1));if(e instanceof R){let t=[...e.entries].flatMap(([e,t])=>{let i=qa(e);return i===null?[]:[[i,n(t,r+1)]]});return Object.fromEntries(t)}return e instanceof z?e.name:e instanceof B?e.state instanceof R&&!e.opaque?n(e.state,r+1):null:typeof e==`object`||e===void 0?null:e};return n(e,0)}const to=4e6,no=1024,ro=1024;async function io(e,t,n=0,r=e=>new $a(e)){let i=new ao(new Wa(e,n),t,r);return{value:await i.run(),end:i.cursor.position,opaque:i.opaque}}var ao=class{cursor;allow;persistent;opaque=/* @__PURE__ */ new Set;copied=0;stack=[];marks=[];memo=/* @__PURE__ */ new Map;constructor(e,t,n){this.cursor=e,this.allow=t,this.persistent=n}async run(){for(let e=0;e<to;e++){this.cursor.low&&await this.cursor.refill();let e=this.cursor.byte();if(e===uo)return this.pop();let t=wo.get(e);n(t,`pickle`,()=>this.cursor.message(`uses the unknown instruction 0x${e.toString(16)}`));let r=t(this);r&&await r}throw this.refuse(`has more than ${to} instructions`)}refuse(e){throw n(!1,`pickle`,this.cursor.message(e)),Error(`unreachable`)}push(e){this.stack.push(e)}pop(){return this.stack.length===0&&this.refuse(`takes a value from an empty stack`),this.stack.pop()}top(){return this.stack.length===0&&this.refuse(`looks at an empty stack`),this.stack[this.stack.length-1]}popMark(){let e=this.stack,t=this.marks.pop();return t||this.refuse(`looks for a mark that was never set`),this.stack=t,e}recall(e){this.memo.has(e)||this.refuse(`recalls memo ${e}, which was never stored`),this.push(this.memo.get(e))}global(e,t){if(typeof e!=`string`||typeof t!=`string`)return this.refuse(`names a global by something other than text`);e.length+t.length>ro&&this.refuse(`names a global in more than ${ro} characters`);let r=this.allow(e,t);return n(r,`pickle`,()=>`${this.cursor.source.name}: the pickle asks for ${e}.${t}, which is not on the list of harmless names, so nothing was loaded; if you trust the file, save its state_dict alone with torch.save`),r.opaque&&this.opaque.size<1e3&&this.opaque.add(r.name),r}build(e,t){let[n]=t;this.copied+=V(n)?.length??(n instanceof R?n.entries.size:0),this.copied>to&&this.refuse(`copies more than ${to} items`),e instanceof B&&e.opaque?this.push(new B(e.of,[],!0)):e instanceof z?this.push(e.build(t)):this.refuse(`calls something that is not a global`)}setItems(e){let t=this.top();if(!Qa(t)){(!(t instanceof R)||e.length%2)&&this.refuse(`stores items in something that is not a dict`);for(let n=0;n<e.length;n+=2)t.set(e[n],e[n+1])||this.refuse(`stores an item under ${Ja(e[n])}, which Python cannot use as a key`)}}append(e){let t=this.top();if(Qa(t))return;let n=t instanceof Ya?t.items:t;Array.isArray(n)||this.refuse(`appends to something that is not a list`);for(let t of e)n.push(t)}setState(e){let t=this.top();t instanceof B&&(t.state=e)}pushPersistent(e){this.push(this.persistent(e))}pushBytes(e){this.push(new Xa(this.cursor.source,this.cursor.skip(e),e))}};function oo(e){let t=0n;for(let n=e.length-1;n>=0;n--)t=t<<8n|BigInt(e[n]??0);return so(BigInt.asIntN(Math.max(e.length,1)*8,t))}function so(e){let t=Number(e);return Number.isSafeInteger(t)?t:e}function co(e,t){if(t===`00`||t===`01`)return t===`01`;let n=t.replace(/L$/,``);return/^[+-]?\d{1,600}$/.test(n)||e.refuse(`has an integer that is none`),so(BigInt(n))}function lo(e,t){let n=/^(['"])(.*)\1$/s.exec(t)?.[2];if(n===void 0)return e.refuse(`has a string without quotes`);let r=/* @__PURE__ */ new Map([[`n`,`
`],[`t`,`	`],[`r`,`\r`]]);return n.replace(/\\(x[0-9a-fA-F]{2}|.)/gs,(e,t)=>t.length===3?String.fromCharCode(Number.parseInt(t.slice(1),16)):r.get(t)??t)}const uo=46,fo=new TextDecoder(`latin1`);async function po(e,t){t>no&&e.refuse(`has an integer of ${t} bytes, above ${no}`),e.push(oo(await e.cursor.bytes(t)))}async function mo(e,t){e.push(await e.cursor.text(t))}async function ho(e,t){e.push(fo.decode(await e.cursor.bytes(t)))}function go(e,t){let n=Array.from({length:t},()=>e.pop()).reverse();e.push(new Ga(n))}function _o(e,t){e.push(new R),e.setItems(t)}function vo(e,t){e.push(new Ya),e.append(t)}function yo(e){let t=e.pop(),n=e.pop();t instanceof Ga||e.refuse(`calls a global without a tuple of arguments`),e.build(n,t.items)}function bo(e){e.pop(),yo(e)}async function xo(e){let t=await e.cursor.line(),n=e.global(t,await e.cursor.line());e.build(n,e.popMark())}function So(e){let[t,...n]=e.popMark();e.build(t,n)}function Co(e){let t=e.pop();e.push(e.global(e.pop(),t))}const wo=new Map(Object.entries({"(":e=>{e.marks.push(e.stack),e.stack=[]},0:e=>{e.stack.length>0?e.stack.pop():e.popMark()},1:e=>void e.popMark(),2:e=>e.push(e.top()),"":e=>void e.cursor.byte(),"":e=>void e.cursor.uint64(),N:e=>e.push(null),"":e=>e.push(!0),"":e=>e.push(!1),J:e=>e.push(e.cursor.int32()),K:e=>e.push(e.cursor.byte()),M:e=>e.push(e.cursor.uint16()),G:e=>e.push(e.cursor.float64()),"":e=>po(e,e.cursor.byte()),"":e=>po(e,e.cursor.uint32()),I:async e=>e.push(co(e,await e.cursor.line())),L:async e=>e.push(co(e,await e.cursor.line())),F:async e=>e.push(Number.parseFloat(await e.cursor.line())),S:async e=>e.push(lo(e,await e.cursor.line())),V:async e=>e.push((await e.cursor.line()).replace(/\\u([0-9a-fA-F]{4})/g,(e,t)=>String.fromCharCode(Number.parseInt(t,16)))),U:e=>ho(e,e.cursor.byte()),T:e=>ho(e,e.cursor.uint32()),X:e=>mo(e,e.cursor.uint32()),"":e=>mo(e,e.cursor.byte()),"":e=>mo(e,e.cursor.uint64()),C:e=>e.pushBytes(e.cursor.byte()),B:e=>e.pushBytes(e.cursor.uint32()),"":e=>e.pushBytes(e.cursor.uint64()),"":e=>e.pushBytes(e.cursor.uint64()),")":e=>e.push(new Ga([])),t:e=>{let t=e.popMark();e.push(new Ga(t))},"":e=>go(e,1),"":e=>go(e,2),"":e=>go(e,3),"]":e=>e.push([]),l:e=>{let t=e.popMark();e.push(t)},a:e=>{let t=e.pop();e.append([t])},e:e=>e.append(e.popMark()),"}":e=>e.push(new R),d:e=>_o(e,e.popMark()),s:e=>{let t=e.pop();e.setItems([e.pop(),t])},u:e=>e.setItems(e.popMark()),"":e=>e.push(new Ya),"":e=>e.append(e.popMark()),"":e=>vo(e,e.popMark()),p:async e=>void e.memo.set(Number.parseInt(await e.cursor.line(),10),e.top()),q:e=>void e.memo.set(e.cursor.byte(),e.top()),r:e=>void e.memo.set(e.cursor.uint32(),e.top()),"":e=>void e.memo.set(e.memo.size,e.top()),g:async e=>e.recall(Number.parseInt(await e.cursor.line(),10)),h:e=>e.recall(e.cursor.byte()),j:e=>e.recall(e.cursor.uint32()),c:async e=>{let t=await e.cursor.line();e.push(e.global(t,await e.cursor.line()))},"":Co,R:yo,"":yo,"":bo,i:xo,o:So,b:e=>{let t=e.pop();e.setState(t)},P:async e=>e.pushPersistent(await e.cursor.line()),Q:e=>e.pushPersistent(e.pop())}).map(([e,t])=>[e.charCodeAt(0),t])),To=/* @__PURE__ */ new Map([[`DoubleStorage`,`f64`],[`FloatStorage`,`f32`],[`HalfStorage`,`f16`],[`BFloat16Storage`,`bf16`],[`LongStorage`,`i64`],[`IntStorage`,`i32`],[`ShortStorage`,`i16`],[`CharStorage`,`i8`],[`ByteStorage`,`u8`],[`BoolStorage`,`bool`]]),Eo=[`torch._utils._rebuild_tensor_v2`,`torch._utils._rebuild_tensor`],Do=[`torch._utils._rebuild_parameter`,`torch._utils._rebuild_parameter_with_state`],Oo=[`torch._tensor._rebuild_from_type_v2`,`torch._tensor._rebuild_from_type`],ko=/* @__PURE__ */ new Set([...Eo,...Do,...Oo,`torch_utils.persistence._reconstruct_persistent_obj`,`torch.storage._load_from_bytes`,`argparse.Namespace`,`types.SimpleNamespace`,`pathlib.Path`,`pathlib.PosixPath`,`pathlib.PurePosixPath`,`pathlib.WindowsPath`,`pathlib.PureWindowsPath`,`torch.device`,`torch.Size`,`torch.Tensor`,`torch.nn.parameter.Parameter`,`torch.nn.parameter.Buffer`,...`float16 bfloat16 float32 float64 bool uint8 int8 int16 int32 int64`.split(` `).map(e=>`torch.${e}`),`numpy.dtype`,`numpy.ndarray`,`numpy.core.multiarray.scalar`,`numpy.core.multiarray._reconstruct`,`numpy._core.multiarray.scalar`,`numpy._core.multiarray._reconstruct`,`_codecs.encode`,...`object list tuple bytearray complex slice int long float str bool`.split(` `).flatMap(e=>[`builtins.${e}`,`__builtin__.${e}`])]),Ao=/* @__PURE__ */ new Set([`collections.OrderedDict`,`collections.defaultdict`,`collections.Counter`,`builtins.dict`,`__builtin__.dict`,`easydict.EasyDict`,`dnnlib.util.EasyDict`,`dnnlib.EasyDict`]),jo=/* @__PURE__ */ new Set([`builtins.set`,`__builtin__.set`,`builtins.frozenset`,`__builtin__.frozenset`]),Mo=/* @__PURE__ */ new Set([`copyreg._reconstructor`,`copy_reg._reconstructor`,`copyreg.__newobj__`,`copy_reg.__newobj__`]),No=(e,t)=>{let n=`${e}.${t}`;return(e===`torch`||e===`torch.cuda`)&&To.has(t)?new z(t,e=>new B(t,e)):ko.has(n)?new z(n,e=>new B(n,e)):Ao.has(n)?new z(n,Fo):jo.has(n)?new z(n,Io):Mo.has(n)?new z(n,([e])=>e instanceof z?e.build([]):null):Po(e,t)?void 0:Za(n)};function Po(e,t){return(e===`torch`||e.startsWith(`torch.`))&&(/Storage$/.test(t)||t.startsWith(`_rebuild`)||e===`torch.storage`)}function Fo(e){let t=new R;if(e[0]instanceof R)for(let[n,r]of e[0].entries)t.set(n,r);for(let n of V(e[0])??[]){let[e,r]=V(n)??[];t.set(e,r)}return t}function Io(e){let t=new Ya;for(let n of V(e[0])??[])t.items.push(n);return t}function Lo(e,t){let r=t instanceof z?To.get(t.name):void 0;return n(r,`pickle`,()=>`${e}: a tensor has an element type that is not read; save the model as float32`),r}function Ro(e,t){let[r,i,a,,o,s]=V(t)??[],c=r===`storage`&&(typeof a==`string`||typeof a==`number`)&&zo(o);n(c,`pickle`,()=>`${e}: the pickle refers to something that is no torch storage; the file is corrupt: download it again`);let[l,u,d]=V(s)??[],f=typeof l==`string`&&zo(u)&&zo(d);return{key:String(a),dtype:Lo(e,i),elements:o,view:f?{key:l,offset:u,elements:d}:null}}function zo(e){return typeof e==`number`&&Number.isSafeInteger(e)&&e>=0}function Bo(e){let t=e;for(let e=0;e<4&&t instanceof B;e++){if(Eo.includes(t.of))return t.args;if(Do.includes(t.of))t=t.args[0];else if(Oo.includes(t.of)){let[e,,n]=t.args;if(!(e instanceof z)||e.opaque)return t.args;t=new B(e.name,V(n)??[])}else return null}return null}function Vo(e){return e instanceof z?e.name:e.of}async function Ho(e,t,r,i){let[a,o,s,c]=r,l=r.slice(0,64).flatMap(e=>[e,...V(e)?.slice(0,64)??[]]).find(Qa);n(!l,`pickle`,()=>`${e}: tensor "${t}" is made with ${l&&Vo(l)}, which is not on the list of harmless names; if you trust the file, save its state_dict alone with torch.save`);let u=V(s instanceof B?s.args[0]:s);n(u&&u.length<=64&&u.every(zo)&&zo(o),`tensor`,()=>`${e}: tensor "${t}" has no readable shape; the file is corrupt: download it again`);let d=V(c)??ta(u);return n(d.length===u.length&&d.every(zo),`tensor`,()=>`${e}: tensor "${t}" has no readable strides; the file is corrupt: download it again`),na(t,await i(a),o,u,d)}function Uo(e){return e instanceof $a?e.id:null}const Wo=119547037146038801333356n,Go=1001,Ko=[`
lüFù j¨P`,`L${Wo}L`];function qo(e){let t=String.fromCharCode(...e.subarray(0,32));return Ko.some(e=>t.includes(e))}async function Jo(e){let t=/* @__PURE__ */ new Map,r=n=>{let[r,i]=V(n)??[];if(r===`module`)return i;let a=Ro(e.name,n);return t.set(a.key,a),new $a(n)},i=await io(e,No);n(i.value===Wo,`file`,()=>`${e.name}: magic number ${Ja(i.value)} is not torch's ${Wo}`);let a=await io(e,No,i.end);n(a.value===Go,`file`,()=>`${e.name}: torch protocol ${Ja(a.value)} is not read, only ${Go}`);let o=await io(e,No,a.end),s=o.value instanceof R?o.value.get(`little_endian`):!0;n(s!==!1,`file`,()=>`${e.name}: big-endian data is not read, only little-endian; save it again on a PC`);let c=await io(e,No,o.end,r),l=await io(e,No,c.end),u=await Yo(e,V(l.value),l.end,t);return{root:c.value,opaque:c.opaque,resolve:async t=>{let r=Ro(e.name,Uo(t)),i=u.get(r.key);return n(i,`file`,()=>`${e.name}: storage "${r.key}" is missing; the file is truncated: download it again`),r.view?Xo(e,i,r.view):i},verify:async()=>{}}}async function Yo(e,t,r,i){n(t,`pickle`,()=>`${e.name}: the list of storages is missing; the file is truncated: download it again`);let a=/* @__PURE__ */ new Map,o=r;for(let r of t){let t=i.get(qa(r)??``);n(t&&!a.has(t.key),`file`,()=>`${e.name}: storage "${Ja(r)}" is unknown or listed twice; download the file again`);let s=await e.read(o,8),c=Number(new DataView(s.buffer).getBigInt64(0,!0)),l=c*$i[t.dtype];n(c===t.elements&&o+8+l<=e.size,`file`,()=>`${e.name}: storage "${t.key}" should have ${t.elements} elements, has ${c}, and ${e.size-o-8} bytes are left; the file is truncated: download it again`),a.set(t.key,{key:t.key,dtype:t.dtype,source:e,byteOffset:o+8,elements:c}),o+=8+l}return a}function Xo(e,t,r){n(r.offset+r.elements<=t.elements,`file`,()=>`${e.name}: storage view "${r.key}" ends at ${r.offset+r.elements} of ${t.elements} elements; download the file again`);let i=t.byteOffset+r.offset*$i[t.dtype];return{...t,key:`${t.key}+${r.offset}`,byteOffset:i,elements:r.elements}}async function Zo(e){let{value:t,opaque:r}=await io(e,No);return n(![...r].some(e=>e.startsWith(`dnnlib.tflib.`)),`model`,()=>`${e.name}: is a network of TensorFlow (dnnlib.tflib); convert it to PyTorch with legacy.py of NVIDIA's stylegan2-ada-pytorch, or download the PyTorch .pkl of the same network`),{root:t,opaque:r,resolve:Qo(e),verify:async()=>{}}}function Qo(e){let t=/* @__PURE__ */ new Map;return async r=>{let i=r instanceof B&&r.of===`torch.storage._load_from_bytes`?r.args[0]:null;n(i instanceof Xa,`pickle`,()=>`${e.name}: a tensor without stored bytes; the file is corrupt: download it again`);let a=t.get(i.offset);if(a)return a;let o=await Jo(Ui(e,i.offset,i.length)),s={...await o.resolve(o.root),key:`@${i.offset}`};return t.set(i.offset,s),s}}const $o=1e5,es=2**17;function ts(e,t){let r=/* @__PURE__ */ new Map,i=/* @__PURE__ */ new Set,a=$o,o=(t,s,c)=>{n(a-->0,`pickle`,()=>`${e}: holds more than ${$o} values; save the state_dict alone with torch.save`);let l=Bo(t);if(l){r.set(s||`tensor`,{kind:`stored`,args:l});return}let u=wa(ss(s))?V(t):null;if(u){let e=os(u);e?r.set(s,{kind:`listed`,values:e}):u.slice(0,24).forEach((e,t)=>void o(e,`${s}.${t}`,c+1))}else if(!(c>=24||i.has(t)))for(let[e,n]of is(t))i.add(t),s.length+e.length<1024&&o(n,s?`${s}.${e}`:e,c+1)};return o(t,``,0),r}function ns(e){let t=/* @__PURE__ */ new Set([e]);for(let e of t)for(let[n,r]of is(e)){if(n===`opts`)return r;(r instanceof R||rs(r)!==null)&&t.size<1e3&&t.add(r)}}function rs(e){if(!(e instanceof B))return null;let[t]=e.args,n=(e.of===`torch_utils.persistence._reconstruct_persistent_obj`&&t instanceof R?t.get(`state`):null)??e.state;return n instanceof R&&(n.get(`_parameters`)instanceof R||n.get(`_modules`)instanceof R)?n:null}function*is(e){if(e instanceof R){yield*as(e);return}let t=rs(e);if(t){for(let e of[`_parameters`,`_buffers`,`_modules`]){let n=t.get(e);n instanceof R&&(yield*as(n))}for(let[e,n]of as(t))e.startsWith(`_`)||(yield[e,n])}}function*as(e){for(let[t,n]of e.entries){let e=qa(t);e!==null&&(yield[e,n])}}function os(e){let t=[];for(let n of e)for(let e of V(n)??[n]){if(typeof e!=`number`||t.length>=es)return null;t.push(e)}return t.length>0?t:null}function ss(e){return e.slice(e.lastIndexOf(`.`)+1)}function cs(e){let t=[];for(let r=0;r<e.length;r++){let i=e[r];if(i===`{`||i===`[`)t.push(i===`{`?/* @__PURE__ */ new Set:null),n(t.length<=32,`file`,`JSON nested deeper than 32; the file is corrupt: download it again`);else if(i===`}`||i===`]`)t.pop();else if(i===`"`){let n=ls(e,r);/^\s*:/.test(e.slice(n+1,n+32))&&us(t.at(-1),e.slice(r,n+1)),r=n}}}function ls(e,t){let n=t+1;for(;n<e.length&&e[n]!==`"`;)n+=e[n]===`\\`?2:1;return n}function us(e,t){let r=t.includes(`\\`)?ds(t):t;n(!e?.has(r),`file`,()=>`the key ${t} appears twice in one JSON object; the file is corrupt: download it again`),e?.add(r)}function ds(e){try{return JSON.stringify(JSON.parse(e))}catch{return e}}const fs=/* @__PURE__ */ new Map([[`F64`,`f64`],[`F32`,`f32`],[`F16`,`f16`],[`BF16`,`bf16`],[`I64`,`i64`],[`I32`,`i32`],[`I16`,`i16`],[`I8`,`i8`],[`U8`,`u8`],[`BOOL`,`bool`]]),ps=2**24;async function ms(e){let t=t=>`${e.name}: ${t}; the file is no safetensors or corrupt: download it again`;n(e.size>=8,`file`,()=>t(`has ${e.size} bytes, a safetensors file at least 8`));let r=Number(new DataView((await e.read(0,8)).buffer).getBigUint64(0,!0));n(r<=e.size-8,`file`,()=>t(`announces a header of ${r} bytes, but only ${e.size-8} follow`)),n(r<=ps,`file`,()=>t(`announces a header of ${r} bytes, above ${ps}`));let i=gs(await e.read(8,r),t),a=8+r,o=[],s={};for(let[n,r]of Object.entries(i))n===`__metadata__`?s=vs(r,t):o.push(ys(n,r,a,e.size,t));o.sort((e,t)=>e.byteOffset-t.byteOffset);let c=a;for(let e of o)n(e.byteOffset===c,`file`,()=>t(`tensor "${e.name}" starts at ${e.byteOffset-a}, the one before ends at ${c-a}`)),c+=e.byteLength;return n(c===e.size,`file`,()=>t(`tensors end at byte ${c} of ${e.size}`)),{entries:o,metadata:s}}async function hs(e){let{entries:t,metadata:n}=await ms(e),r=/* @__PURE__ */ new Map;for(let{name:n,dtype:i,shape:a,byteOffset:o,byteLength:s}of t){let t={key:n,dtype:i,source:e,byteOffset:o,elements:s/$i[i]};r.set(n,na(n,t,0,a,ta(a)))}return{tensors:r,metadata:n}}function gs(e,t){try{let r=new TextDecoder(`utf-8`,{fatal:!0}).decode(e);cs(r);let i=JSON.parse(r);return n(_s(i),`file`,()=>t(`its header is no JSON object`)),i}catch(e){throw e instanceof i?e:new i(`file`,t(`its header is unreadable (${String(e.message).split(`
`)[0]})`),{cause:e})}}function _s(e){return typeof e==`object`&&!!e&&!Array.isArray(e)}function vs(e,t){let r=_s(e)&&Object.values(e).every(e=>typeof e==`string`);return n(r,`file`,()=>t(`its __metadata__ is not text only`)),e}function ys(e,t,r,i,a){let{dtype:o,shape:s,data_offsets:c}=_s(t)?t:{},l=typeof o==`string`?fs.get(o):void 0;n(l,`file`,()=>a(`tensor "${e}" has element type ${JSON.stringify(o)}; known are ${[...fs.keys()].join(`, `)}`));let u=e=>Number.isSafeInteger(e)&&e>=0;n(Array.isArray(s)&&s.length<=16&&s.every(u),`file`,()=>a(`tensor "${e}" has no valid shape`)),n(Array.isArray(c)&&c.length===2&&c.every(u),`file`,()=>a(`tensor "${e}" has no valid data_offsets`));let[d,f]=c,p=s.reduce((e,t)=>e*BigInt(t),BigInt($i[l]));return n(d<=f&&f<=i-r,`file`,()=>a(`tensor "${e}" lies at ${d} to ${f} of ${i-r} data bytes`)),n(p===BigInt(f-d),`file`,()=>a(`tensor "${e}" [${s}] ${o} needs ${p} bytes, its range has ${f-d}`)),{name:e,dtype:l,shape:s,byteOffset:r+d,byteLength:f-d}}function bs(e,t={}){let n=new Map([...fs].map(([e,t])=>[t,e])),r=0,i=Object.keys(t).length?[[`__metadata__`,t]]:[];for(let{name:t,dtype:a,shape:o}of e){let e=o.reduce((e,t)=>e*t,$i[a]);i.push([t,{dtype:n.get(a),shape:o,data_offsets:[r,r+e]}]),r+=e}let a=new TextEncoder().encode(JSON.stringify(Object.fromEntries(i))),o=Math.ceil(a.length/8)*8,s=new Uint8Array(8+o).fill(32);return new DataView(s.buffer).setBigUint64(0,BigInt(o),!0),s.set(a,8),s}const xs=(()=>{let e=/* @__PURE__ */ new Int32Array(2048);for(let t=0;t<256;t++){let n=t;for(let e=0;e<8;e++)n=n&1?n>>>1^3988292384:n>>>1;e[t]=n}for(let t=256;t<e.length;t++){let n=e[t-256];e[t]=n>>>8^e[n&255]}return e})();function Ss(e,t=0){let n=xs,r=new DataView(e.buffer,e.byteOffset,e.byteLength),i=e.length-e.length%8,a=~t;for(let e=0;e<i;e+=8){let t=a^r.getInt32(e,!0),i=r.getInt32(e+4,!0);a=n[1792+(t&255)]^n[1536+(t>>>8&255)]^n[1280+(t>>>16&255)]^n[1024+(t>>>24)]^n[768+(i&255)]^n[512+(i>>>8&255)]^n[256+(i>>>16&255)]^n[i>>>24]}for(let t=i;t<e.length;t++)a=n[(a^e[t])&255]^a>>>8;return~a>>>0}const Cs={signature:101010256,bytes:22},ws={signature:101075792,bytes:56},Ts={signature:117853008,bytes:20},Es={signature:33639248,bytes:46},Ds={signature:67324752,bytes:30},Os=64*2**20,ks=1e5,As=4294967295,js=new TextDecoder;async function Ms(e){let t=await Is(e),r=await e.read(t.offset,t.size),i=/* @__PURE__ */ new Map;for(let a of Rs(e.name,r,t.count)){let r=await Bs(e,a,t.offset);n(!i.has(a.name),`file`,()=>H(e,`holds "${a.name}" twice`)),i.set(a.name,{name:a.name,offset:r,size:a.size,crc:a.crc})}return Vs(e,[...i.values()]),i}async function Ns(e,t,r){let i=0;for(let n=0;n<t.size;n+=2**22){let a=await e.read(t.offset+n,Math.min(2**22,t.size-n));i=Ss(a,i),r?.(a.length)}let a=e=>e.toString(16).padStart(8,`0`);n(i===t.crc,`file`,()=>H(e,`is damaged: "${t.name}" has CRC-32 ${a(i)}, its directory says ${a(t.crc)}`))}function H(e,t){return`${e.name}: the zip archive ${t}; download it again, or save it again with torch.save`}function Ps(e){return new DataView(e.buffer,e.byteOffset,e.byteLength)}function Fs(e,t){return Number(e.getBigUint64(t,!0))}async function Is(e){let t=Math.min(e.size,Cs.bytes+65535),r=Ps(await e.read(e.size-t,t)),i=t-Cs.bytes;for(;i>=0&&(r.getUint32(i,!0)!==Cs.signature||i+Cs.bytes+r.getUint16(i+20,!0)!==t);)i--;n(i>=0,`file`,()=>H(e,`has no end record (truncated download?)`));let a=e.size-t+i,o={disk:r.getUint16(i+4,!0)|r.getUint16(i+6,!0),count:r.getUint16(i+10,!0),size:r.getUint32(i+12,!0),offset:r.getUint32(i+16,!0),end:a};(o.count===65535||o.size===As||o.offset===As)&&(o=await Ls(e,a));let{disk:s,count:c,size:l,offset:u,end:d}=o;return n(s===0,`file`,()=>H(e,`is one part of a split archive`)),n(u+l<=d&&l>=c*Es.bytes,`file`,()=>H(e,`puts its directory at ${u} + ${l} bytes, but that must end before ${d} and hold ${c} entries`)),n(l<=Os,`file`,()=>H(e,`has a directory of ${l} bytes, above ${Os}`)),n(c<=ks,`file`,()=>H(e,`has ${c} entries, above ${ks}`)),{offset:u,size:l,count:c}}async function Ls(e,t){n(t>=Ts.bytes,`file`,()=>H(e,`lacks its zip64 locator`));let r=Ps(await e.read(t-Ts.bytes,Ts.bytes));n(r.getUint32(0,!0)===Ts.signature,`file`,()=>H(e,`lacks its zip64 locator`));let i=Fs(r,8);n(i+ws.bytes<=t,`file`,()=>H(e,`points to a zip64 record at ${i}, past its end record`));let a=Ps(await e.read(i,ws.bytes));return n(a.getUint32(0,!0)===ws.signature,`file`,()=>H(e,`has no zip64 record at ${i}`)),{disk:a.getUint32(16,!0)|a.getUint32(20,!0),count:Fs(a,32),size:Fs(a,40),offset:Fs(a,48),end:i}}function*Rs(e,t,n){let r=t=>{throw new i(`file`,`${e}: entry ${t} of ${n} of the zip directory is broken; download the file again`)},a=Ps(t),o=0;for(let e=0;e<n;e++){(o+Es.bytes>t.length||a.getUint32(o,!0)!==Es.signature)&&r(e);let n=o+Es.bytes+a.getUint16(o+28,!0),i=n+a.getUint16(o+30,!0);i>t.length&&r(e);let s={name:js.decode(t.subarray(o+Es.bytes,n)),flags:a.getUint16(o+8,!0),method:a.getUint16(o+10,!0),crc:a.getUint32(o+16,!0),compressed:a.getUint32(o+20,!0),size:a.getUint32(o+24,!0),localOffset:a.getUint32(o+42,!0)};zs(s,Ps(t.subarray(n,i)),()=>r(e)),yield s,o=i+a.getUint16(o+32,!0)}}function zs(e,t,n){let r=[`size`,`compressed`,`localOffset`].filter(t=>e[t]===As);if(r.length!==0){for(let i=0;i+4<=t.byteLength;i+=4+t.getUint16(i+2,!0))if(t.getUint16(i,!0)===1){Math.min(t.getUint16(i+2,!0),t.byteLength-i-4)<r.length*8&&n(),r.forEach((n,r)=>{e[n]=Fs(t,i+4+8*r)});return}n()}}async function Bs(e,t,r){let{name:i,localOffset:a}=t,o=t=>H(e,`entry "${i}" ${t}`);n(!(t.flags&1),`file`,()=>o(`is encrypted`)),n(t.method===0&&t.compressed===t.size,`file`,()=>o(`is compressed (method ${t.method}, ${t.compressed} of ${t.size} bytes); only stored entries are read`)),n(a+Ds.bytes<=r,`file`,()=>o(`starts at ${a}, inside the directory at ${r}`));let s=new TextEncoder().encode(i).length,c=await e.read(a,Math.min(Ds.bytes+s,r-a)),l=Ps(c);n(l.getUint32(0,!0)===Ds.signature,`file`,()=>o(`has no local header at ${a}`));let u=js.decode(c.subarray(Ds.bytes,Ds.bytes+l.getUint16(26,!0)));n(u===i,`file`,()=>o(`is called "${u}" in its local header`)),n(l.getUint16(8,!0)===t.method,`file`,()=>o(`has method ${l.getUint16(8,!0)} in its local header, ${t.method} in the directory`));let d=!!(l.getUint16(6,!0)&8),f=(e,t)=>e===t||e===As||d&&e===0;n(f(l.getUint32(18,!0),t.size)&&f(l.getUint32(22,!0),t.size),`file`,()=>o(`has ${l.getUint32(22,!0)} bytes in its local header, ${t.size} in the directory`)),n(f(l.getUint32(14,!0),t.crc),`file`,()=>o(`has one CRC-32 in its local header, another in the directory`));let p=a+Ds.bytes+l.getUint16(26,!0)+l.getUint16(28,!0);return n(p+t.size<=r,`file`,()=>o(`ends at ${p+t.size}, past the directory at ${r}`)),p}function Vs(e,t){let r=t.filter(e=>e.size>0).sort((e,t)=>e.offset-t.offset);r.forEach((t,i)=>{let a=r[i+1];n(!a||t.offset+t.size<=a.offset,`file`,()=>H(e,`entries "${t.name}" and "${a?.name}" overlap`))})}async function Hs(e){let t=await Ms(e),r=[...t.values()].filter(e=>/(^|\/)data\.pkl$/.test(e.name)),[i]=r;n(i&&r.length===1,`file`,()=>`${e.name}: a zip archive with ${r.length} entries "data.pkl"; a torch.save file has one: is this the .pt file itself?`);let a=i.name.slice(0,-8);n(!t.has(`${a}constants.pkl`),`model`,()=>`${e.name}: is a TorchScript archive, a program; save its state_dict() alone with torch.save`);let o=t.get(`${a}byteorder`);if(o){let t=new TextDecoder().decode(await e.read(o.offset,Math.min(o.size,8)));n(t.trim()===`little`,`file`,()=>`${e.name}: byte order "${t}" is not read, only "little"; save it again on a PC`)}await Ns(e,i);let{value:s,opaque:c}=await io(Ui(e,i.offset,i.size),No);return{root:s,opaque:c,resolve:Us(e,t,`${a}data/`),verify:async n=>{for(let r of t.values())await Ns(e,r,n)}}}function Us(e,t,r){let i=/* @__PURE__ */ new Map;return async a=>{let{key:o,dtype:s,elements:c}=Ro(e.name,Uo(a)),l=i.get(o);if(l?.dtype===s&&l.elements===c)return l;let u=t.get(`${r}${o}`);n(u,`file`,()=>`${e.name}: storage "${o}" is missing from the archive; download the file again`);let d=c*$i[s];n(d<=u.size,`file`,()=>`${e.name}: storage "${o}" has ${u.size} bytes, but its ${c} elements need ${d}; download the file again`);let f={key:o,dtype:s,source:e,byteOffset:u.offset,elements:c};return i.set(o,f),f}}const Ws=[`arch`,`opts.arch`];function Gs(e,t){let r=(e=>Object.hasOwn(t,e)?t[e]:void 0)(`opts`),i=typeof r==`string`?Ks(r):null,a=new Map(Object.entries({...t,...i})),o=Ws.find(e=>a.has(e)),s=o===void 0?void 0:a.get(o);if(typeof s==`string`){let t=Ks(s);n(t,`model`,()=>`${e}: "${o}" is text but no JSON object: ${s.slice(0,60)}; write it with json.dumps({"input_size": 256, …})`),a.set(`arch`,t)}else o!==void 0&&a.set(`arch`,s);let c=typeof r==`string`&&!i?[`"opts", which is text but no JSON object`]:[];return{opts:Object.fromEntries(a),leftOut:c}}function Ks(e){try{cs(e);let t=JSON.parse(e);return typeof t==`object`&&t&&!Array.isArray(t)?t:null}catch{return null}}const qs=`latent_avg`,Js=e=>e.startsWith(`decoder.`),Ys=2**16;async function Xs(e){let t=await e.read(0,Math.min(e.size,32));if(t[8]===123)return $s(e);if(t[0]===80&&t[1]===75)return ec(e,`torch-zip`,await Hs(e));if(qo(t))return ec(e,`torch-legacy`,await Jo(e));if(t[0]===128)return ec(e,`nvidia-pkl`,await Zo(e));throw new i(`file`,`${e.name}: starts with ${Qs(t)}, but a checkpoint is a torch zip (PK), a pickle (0x80) or safetensors; download the file itself again`)}const Zs=[[`version https`,`"version https…" (a Git LFS pointer, not the file)`],[`HDF`,`"HDF" (a Keras or MATLAB file, not one of PyTorch)`],[``,`a gzip header (unpack it first)`],[`7z¼¯`,`a 7z header (unpack it first)`],[`Rar!`,`a RAR header (unpack it first)`],[`NUMPY`,`"NUMPY" (an .npy array, not a checkpoint)`],[`{`,`"{" (JSON text, not a checkpoint)`]];function Qs(e){let t=new TextDecoder(`latin1`).decode(e),n=Zs.find(([e])=>t.startsWith(e));return n?n[1]:t.trimStart().startsWith(`<`)?`"<" (a web page, not the file)`:e.length?`bytes ${[...e.subarray(0,4)].map(e=>e.toString(16).padStart(2,`0`)).join(` `)}`:`nothing (it is empty)`}async function $s(e){let{tensors:t,metadata:n}=await hs(e),r=await rc(e.name,[...t.keys()],async e=>t.get(e)),{opts:i,leftOut:a}=Gs(e.name,n);return{name:e.name,format:`safetensors`,tensors:r.tensors,opts:i,leftOut:[...Ia(r.leftOut,[],[]),...a],verify:async()=>{}}}async function ec(e,t,r){let{name:i}=e,a=ts(i,r.root),o=await rc(i,[...a.keys()],async e=>{let t=a.get(e);return t?.kind===`listed`?ra(e,[t.values.length],Float32Array.from(t.values)):t&&Ho(i,e,t.args,r.resolve)});n(o.tensors.size>0,`model`,()=>`${i}: ${Ra([...a.keys()])}`);let{opts:s,leftOut:c}=Gs(i,nc(ns(r.root))),l=r.root instanceof R?[...r.root.entries.keys()]:[];return{name:i,format:t,tensors:o.tensors,opts:s,leftOut:[...Ia(o.leftOut,tc(l,a),[...r.opaque]),...c],verify:r.verify}}function tc(e,t){let n=new Set([...t.keys()].map(e=>e.split(`.`)[0]));return e.filter(e=>typeof e==`string`).filter(e=>e!==`opts`&&!n.has(e.slice(0,1024).split(`.`)[0]))}function nc(e){let t=eo(e);return typeof t==`object`&&t&&!Array.isArray(t)?t:{}}async function rc(e,t,r){let i=Oa(t);i.ada&&ya(e,i.ada);let a=/* @__PURE__ */ new Map;for(let[e,t]of i.taken){let n=await r(t);n&&a.set(e,n.renamed(e,i.ada?Sa(e,n.shape):n.shape))}n(i.averages.length<=64,`tensor`,()=>`${e}: latent_avg is a list of ${i.averages.length} tensors, expected one a layer; save it as one tensor`);let o=[];for(let e of i.averages){let t=await r(e);t&&o.push(t)}let s=await ic(o);return s&&a.set(qs,s),{tensors:a,leftOut:i.leftOut}}async function ic(e){let[t]=e;if(!t||e.length===1)return t?.renamed(qs);let r=S(t.shape);n(r<=Ys&&e.every(e=>S(e.shape)===r),`tensor`,()=>`latent_avg is a list of ${e.length} tensors that are no rows of one size; save it as one tensor`);let i=await Promise.all(e.map(e=>e.read()));return ra(qs,[e.length,r],Float32Array.from(i.flatMap(e=>[...e])))}async function ac(e,t,n){let{tensors:r}=await hs(Vi(`domain ${e}`,n)),i=/* @__PURE__ */ new Map;for(let[e,n]of t.tensors)Js(e)&&i.set(e,n);for(let t of r.values())i.set(t.name,oc(e,i,t));return{name:e,architecture:t.architecture,tensors:i,totalBytes:t.totalBytes,stream:(e,n)=>t.stream(async(t,n,a)=>{let o=r.get(t.name),s=i.get(t.name);if(!s)return;if(!o)return e(s,n,a);if(a>0)return;let c=await o.read();await e(s,new Uint8Array(c.buffer,c.byteOffset,c.byteLength),0)},n)}}function oc(e,t,{name:r,shape:i}){let a=t.get(r)?.shape;return n(a?.join()===i.join(),`tensor`,()=>`domain ${e}: tensor "${r}" has shape [${i}], this model's generator has ${a?`[${a}]`:`no such tensor`}; convert the model with its domains again`),{name:r,shape:i,dtype:`f32`}}var sc=class extends Error{wait;constructor(e,{wait:t=0,cause:n}={}){super(e,{cause:n}),this.wait=t}},cc=class extends i{},lc=class{#e;#t=new AbortController;#n;constructor(e,t=3e4){this.#e=e?AbortSignal.any([e,this.#t.signal]):this.#t.signal,this.#n=t}async open(e,t){let n=fetch(e,{...t,signal:this.#e});try{return await this.#r(n)}catch(t){throw await this.#i(e,t)??new sc(gc(t)+this.#o(e),{cause:t})}}async*chunks(e){let t=e.body?.getReader();if(t)for(;;){let e=await this.#r(t.read()).catch(e=>{throw new sc(gc(e),{cause:e})});if(e.done)return;yield e.value}}hangUp(){this.#t.abort()}async#r(e){let t,n=new Promise((e,n)=>{t=setTimeout(()=>n(/* @__PURE__ */ Error(`nothing came for ${this.#n/1e3} s`)),this.#n)});try{return await Promise.race([e,n])}finally{clearTimeout(t)}}async#i(e,t){if(!(t instanceof TypeError)||!uc(e)||this.#e.aborted||!await this.#a(e,`no-cors`)||await this.#a(e,`cors`))return;let n=`${hc(e)}: its server does not let pages of other origins read it (CORS); have it send "Access-Control-Allow-Origin: ${location.origin}", or serve the model from this page's origin`;return new i(`network`,n,{cause:t})}async#a(e,t){let n=new AbortController,r=AbortSignal.any([n.signal,this.#e]);try{return await this.#r(fetch(e,{mode:t,signal:r,cache:`no-store`})),!0}catch{return!1}finally{n.abort()}}#o(e){return uc(e)?location.protocol===`https:`&&e.protocol===`http:`?`; a page over https may not load over http`:`; its server must also let pages of other origins read it (CORS)`:``}};function uc(e){return typeof location<`u`&&/^https?:$/.test(location.protocol)&&location.origin!==e.origin}function dc(e,t){let{status:r,statusText:i}=t;if(r>=500||r===408||r===429){let i=mc(t.headers.get(`retry-after`),Date.now());throw n(i<=6e4,`network`,()=>`${hc(e)}: the server (status ${r}) asks to wait ${Math.ceil(i/1e3)} s; load again later`),new sc(`status ${r}`,{wait:i})}n(t.ok,`network`,()=>`${hc(e)}: the server answers ${r} ${i}; check that the model folder is there`);let a=t.headers.get(`content-type`)??``;/^\s*(text\/html|application\/xhtml)/i.test(a)&&pc(e)}function fc(e,t){let n=new TextDecoder().decode(t.subarray(0,64));/^\uFEFF?\s*<(!doctype html|html|head|body)\b/i.test(n)&&pc(e)}function pc(e){let t=`${hc(e)}: a web page (HTML) came in its place; check that the model folder is there and that the server does not answer everything with its start page`;throw new i(`network`,t)}function mc(e,t){if(e===null)return 0;if(/^\s*\d+\s*$/.test(e))return 1e3*Number(e);let n=Date.parse(e);return Number.isNaN(n)?0:Math.max(0,n-t)}function hc({origin:e,protocol:t,pathname:n,search:r}){return`${e===`null`?`${t}//`:e}${n}${r&&`?…`}`}function gc(e){return e instanceof Error?e.message.split(`
`)[0]??``:`the connection was closed`}async function _c(e,t,n={}){let r={size:t,buffer:void 0,at:0,furthest:0,end:void 0};return t===0?/* @__PURE__ */ new Uint8Array:yc(n.signal,{tries:5,giveUp:(n,i)=>`${hc(e)}: broke off ${i} times at byte ${r.furthest} of ${t} (${n.message}); check the connection and load again`,furthest:()=>r.furthest},async()=>(await bc(e,r,n),r.buffer??new Uint8Array(t)))}async function vc(e,t){let{signal:r,patience:i,tries:a=5,cache:o=`no-cache`,maxBytes:s}=t;return yc(r,{tries:a,giveUp:({message:t})=>`${hc(e)}: cannot be reached (${t}); check the address and the connection`,furthest:()=>0},async()=>{let t=new lc(r,i);try{let r=await t.open(e,{cache:o});dc(e,r);let i=[],a=0;for await(let o of t.chunks(r))a===0&&fc(e,o),a+=o.length,n(a<=s,`network`,()=>`${hc(e)}: has more than ${s} bytes; is this a model?`),i.push(o);return new Uint8Array(await new Blob(i).arrayBuffer())}finally{t.hangUp()}})}async function yc(t,{tries:n,giveUp:r,furthest:a},o){let s=0;for(let c=1;;c++){e(t);let l=a();try{return await o()}catch(o){if(e(t),!(o instanceof sc))throw o;if(s=a()>l?0:s+1,s>=n||c>=200)throw new i(`network`,r(o,Math.max(s,1)),{cause:o});let u=s>0?200*2**(s-1):0;await Tc(Math.max(u,o.wait),t)}}}async function bc(t,n,r){let{size:i}=n;for await(let a of Sc(t,n.at,i,r))if(a===xc)r.onBytes?.(-n.at),n.at=0;else{if(n.at+a.length>i)throw wc(t,`longer`,i);n.at===0&&fc(t,a),n.buffer??=new Uint8Array(i),n.buffer.set(a,n.at),n.at+=a.length,n.furthest=Math.max(n.furthest,n.at),r.onBytes?.(a.length),zi(a),e(r.signal)}if(n.at!==i)throw n.at===n.end?wc(t,`shorter`,i):(n.end=n.at,new sc(gc(void 0)))}const xc=Symbol(`the server sent the file from its start`);async function*Sc(e,t,n,r){let i=new lc(r.signal,r.patience);try{let a=await i.open(e,{headers:t>0?{Range:`bytes=${t}-`}:{},cache:r.reload?`reload`:`default`});Cc(e,a,t,n)&&(yield xc),await r.room,yield*i.chunks(a)}finally{i.hangUp()}}function Cc(e,t,r,i){if(t.status===416)throw wc(e,`shorter`,i);dc(e,t);let a=/^bytes (\d+)-/.exec(t.headers.get(`content-range`)??``)?.[1];return r===0||t.status===206&&Number(a)===r?!1:(n(t.status===200,`network`,()=>`${hc(e)}: asked for bytes from ${r}, the server sent them from ${a}; load again`),!0)}function wc(e,t,n){return new cc(`network`,`${hc(e)}: is ${t} than the ${n} bytes that model.json states; the folder is incomplete or mixed`)}async function Tc(t,n){await new Promise(e=>{let r=setTimeout(i,t);function i(){clearTimeout(r),n?.removeEventListener(`abort`,i),e()}n?.addEventListener(`abort`,i)}),e(n)}const Ec=2**20,Dc=2**26;function Oc(e){let t=Ac(e);return{name:hc(t),address:t.href,bytes:(e,n)=>vc(kc(t,e),{...n,maxBytes:Dc}),shard:(e,n,r)=>_c(kc(t,e),n,r)}}function kc(e,t){let n=new URL(t,e);return n.search=e.search,n}function Ac(e){let t=String(e)||`./`,r=typeof location>`u`?void 0:location.href,i=e=>`model address "${t}" ${e}; give one such as https://example.org/models/name/`;n(URL.canParse(t,r),`option`,()=>i(`is no URL`));let a=new URL(t,r);return n(URL.canParse(`model.json`,a),`option`,()=>i(`leads to no folder`)),n(!a.username&&!a.password,`option`,()=>i(`holds a user name or password, which browsers refuse`)),a.hash=``,a.pathname=a.pathname.replace(/(^|\/)model\.json$/,`$1`).replace(/([^/])$/,`$1/`),a}function jc(e){let t=new Map(e.map(e=>e instanceof Blob?Hi(e):e).map(e=>[Mc(e.name),e])),r=r=>{let i=t.get(Mc(r));return n(i,`file`,()=>`${r} is missing among the ${e.length} files that were given; choose all files of the model folder`),i};return{name:`local files`,address:null,bytes:async e=>{let t=r(e);return n(t.size<=Dc,`file`,()=>`${e} has ${t.size} bytes, above ${Dc}; is this a model folder?`),t.read(0,t.size)},shard:(e,t,n)=>Nc(r(e),t,n)}}function Mc(e){return e.slice(Math.max(e.lastIndexOf(`/`),e.lastIndexOf(`\\`))+1)}async function Nc(t,r,i){n(t.size===r,`file`,()=>`${t.name} has ${t.size} bytes, model.json says ${r}; the folder is incomplete or mixed: convert again`),await i.room,e(i.signal);let a=new Uint8Array(r);for(let n=0;n<r;n+=Ec){e(i.signal);let o=await t.read(n,Math.min(Ec,r-n));a.set(o,n),i.onBytes(o.length),zi(o)}return a}async function Pc(e){let t=new Uint8Array(await crypto.subtle.digest(`SHA-256`,e));return Array.from(t,e=>e.toString(16).padStart(2,`0`)).join(``)}const Fc={tries:2,patience:1e4};async function Ic(e,t,{cache:n,version:r=``,signal:a}){if(e.address===null||n.kind===`none`)return e.bytes(t,{signal:a});let o=`file-${await Pc(new TextEncoder().encode([e.address,t,r].join(`
`)))}`,s=await n.get(o);try{let r=await e.bytes(t,{signal:a,...s?Fc:{}});return await n.put(o,r),r}catch(e){let t=e instanceof i&&e.cause instanceof sc;if(s&&t)return s;throw e}}const Lc={hypernetwork:`hyperstyle`,generator:`stylegan2`,encoder:`w-encoder`},Rc={hypernetwork:`hypernet`,generator:`decoder`,encoder:`encoder`};function zc({encoder:e,hypernetwork:t,...n}){let r=(e,t)=>t?[[e,{kind:Lc[e],prefix:Rc[e],...t}]]:[];return Object.fromEntries([...r(`hypernetwork`,t),...r(`generator`,n),...r(`encoder`,e)])}function Bc(e){let t={};for(let n of[`hypernetwork`,`generator`,`encoder`]){let r=Object.hasOwn(e,n)?e[n]:void 0;if(r&&(r.kind!==Lc[n]||r.prefix!==Rc[n]))return null;if(!r)t[n]=null;else{let{kind:e,prefix:i,...a}=r;t[n]=a}}let{generator:n,encoder:r,hypernetwork:i}=t;return n?{...n,encoder:r,hypernetwork:i}:null}function Vc(e){if(typeof e!=`object`||!e||Array.isArray(e))return!1;let t=Object.values(e);return t.length>0&&t.length<=64&&t.every(Hc)}function Hc(e){if(typeof e!=`object`||!e)return!1;let{kind:t,prefix:n}=e;return[t,n].every(e=>typeof e==`string`&&/^[\w.-]{1,100}$/.test(e))}const Uc=/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,Wc=/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/,Gc=/^(samples\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/,Kc=2**22,qc=2**14;function Jc(e,t){let r=(t,n,r)=>`${e}: ${t} is ${JSON.stringify(n)?.slice(0,80)}, expected ${r}; convert the checkpoint again`;n(t.length<=Kc,`model`,()=>`${e}: has ${t.length} characters, above ${Kc}; is this a model.json?`);let i=Zc(e,t);n(Qc(i)&&i.format===`hyperstyle-webgpu`,`model`,()=>r(`format`,Qc(i)?i.format:i,`hyperstyle-webgpu`)),n(i.version===1||i.version===2,`model`,()=>r(`version`,i.version,`1 or 2 (or update this library)`)),n(typeof i.name==`string`&&i.name.length<200,`model`,()=>r(`name`,i.name,`a text`)),n(al([`f32`,`f16`,`int8`],i.dtype),`model`,()=>r(`dtype`,i.dtype,`f32, f16 or int8`)),n($c(i.parameters),`model`,()=>r(`parameters`,i.parameters,`a whole number`));let{architecture:a,networks:o}=Yc(i);n(dl(a),`model`,()=>i.version===1?r(`architecture`,i.architecture,`sizes of a network (see src/architecture.ts)`):r(`networks`,i.networks,`generator, and possibly encoder and hypernetwork, each {kind, prefix, sizes…}`)),n(Array.isArray(i.shards)&&i.shards.length>0&&i.shards.every(ol),`model`,()=>r(`shards`,i.shards,`a list of {file, bytes, sha256}, each at most ${Fi} bytes`)),n(Qc(i.tensors)&&Object.values(i.tensors).every(sl),`model`,()=>r(`tensors`,i.tensors,`a record of {dtype, shape}`)),Xc(e,i);let{directions:s,domains:c,samples:l}=i;return n(s===void 0||tl(Uc,s),`model`,()=>r(`directions`,s,`a file name`)),n(c===void 0||nl(c),`model`,()=>r(`domains`,c,`at most 64 file names, each by a name of letters, digits, dots and dashes`)),n(l===void 0||Array.isArray(l)&&l.every(e=>tl(Gc,e)),`model`,()=>r(`samples`,l,`a list of file names`)),{...i,architecture:a,networks:o??zc(a)}}function Yc(e){let{version:t,architecture:n,networks:r}=e;return t===1?{architecture:n}:Vc(r)?{architecture:Bc(r),networks:r}:{architecture:null}}function Xc(e,{shards:t,tensors:r}){let i=t.reduce((e,t)=>e+t.bytes,0),a=0;for(let{dtype:e,shape:t}of Object.values(r))a+=S(t)*qe[e];n(a<=i,`model`,()=>`${e}: tensors need ${a} bytes, the shards have ${i}; convert the checkpoint again`)}function Zc(e,t){try{return cs(t),JSON.parse(t)}catch(t){throw new i(`model`,`${e}: is no valid JSON (${t.message.split(`
`)[0]}); is this the address of a model folder?`,{cause:t})}}function Qc(e){return typeof e==`object`&&!!e&&!Array.isArray(e)}function $c(e){return Number.isSafeInteger(e)&&e>=0}function el(e){return Array.isArray(e)&&e.length<1e3&&e.every($c)}function tl(e,t){return typeof t==`string`&&e.test(t)}function nl(e){if(!Qc(e))return!1;let t=Object.entries(e);return t.length<=64&&t.every(([e,t])=>rl(e)&&tl(Uc,t))}function rl(e){return Wc.test(e)}function il(e,t,n){return $c(n)&&n>=e&&n<=t}function al(e,t){return typeof t==`string`&&e.includes(t)}function ol(e){return Qc(e)&&tl(Uc,e.file)&&il(0,Fi,e.bytes)&&tl(/^[0-9a-f]{64}$/,e.sha256)}function sl(e){return Qc(e)&&al([`f32`,`f16`,`i8`],e.dtype)&&el(e.shape)&&e.shape.length<=16&&e.shape.every(e=>e>0)}function cl(e,t){return el(e)&&e.length===2&&(e[0]??0)<(e[1]??0)&&(e[1]??0)<=t}function ll(e){return Qc(e)&&il(1,qc,e.stem)&&el(e.widths)&&e.widths.every(e=>il(1,qc,e))&&el(e.units)&&e.units.reduce((e,t)=>e+t,0)<=256&&e.widths.length===e.units.length}function ul(e){if(!ll(e))return!1;let{tunedLayers:t,sharedLayers:n,sharedTaps:r,separable:i}=e;return el(t)&&el(n)&&(r===1||r===3)&&typeof i==`boolean`}function dl(e){if(!Qc(e))return!1;let{size:t,channels:n,cropRows:r,encoder:i,hypernetwork:a}=e;if(!$c(t)||!Qc(n))return!1;let o=Math.log2(t)-1,s=Array.from({length:o},(e,t)=>n[String(4*2**t)]);return Number.isInteger(o)&&o>=1&&o<=10&&il(1,qc,e.styleDim)&&il(0,256,e.mappingLayers)&&e.latentCount===2*o&&il(1,qc,e.inputSize)&&s.every(e=>il(1,qc,e))&&(r===null||cl(r,e.inputSize))&&(i===null||ll(i))&&(a===null||ul(a))}var fl=class{#e=0;#t=0;#n=-1/0;#r=[];#i;#a;#o;constructor(e,t,n=()=>performance.now()/1e3){this.#i=e,this.#a=t,this.#o=n,this.#r.push({time:n(),bytes:0})}add(e,t,n=!1){this.#e+=t,n&&(this.#t+=t);let r=this.#o();for(this.#r.push({time:r,bytes:this.#e});(this.#r[1]?.time??r)<r-5;)this.#r.shift();if(r-this.#n<.1&&this.#e!==this.#i)return;this.#n=r;let i=this.#r[0]??{time:r,bytes:0},a=r-i.time,o=a>0?Math.max(0,(this.#e-i.bytes)/a):0;this.#a?.({file:e,loadedBytes:this.#e,totalBytes:this.#i,bytesPerSecond:o,remainingSeconds:this.#e===this.#i?0:(this.#i-this.#e)/o,cachedBytes:this.#t})}};const pl=`expected.json`;async function ml(e,t){let n=e.find(e=>!e.endsWith(pl));if(n===void 0)return;let r=n.slice(0,n.lastIndexOf(`/`)+1);try{let[e,i]=await Promise.all([t(n),t(`${r}${pl}`)]),a=hl(new TextDecoder().decode(i));return a?{name:n,picture:e,errors:a}:void 0}catch{return}}function hl(e){cs(e);let t=JSON.parse(e);if(typeof t!=`object`||!t||!(`mse`in t)||!Array.isArray(t.mse))return;let n=t.mse.map(e=>Array.isArray(e)?e[0]:void 0);return n.length>0&&n.every(gl)?n:void 0}const gl=e=>typeof e==`number`&&e>0,_l=`hyperstyle-webgpu-shards`;async function vl(){return await bl()??await Cl()}async function yl(){let e=await U(async()=>navigator.storage.getDirectory());await U(async()=>e?.removeEntry(_l,{recursive:!0})),await U(async()=>caches.delete(_l))}async function U(e){try{return await e()}catch{return null}}async function bl(){let e=await U(async()=>(await navigator.storage.getDirectory()).getDirectoryHandle(_l,{create:!0}));return!e||!(`createWritable`in FileSystemFileHandle.prototype)?null:{kind:`opfs`,get:(t,n)=>U(async()=>{let r=await(await e.getFileHandle(t)).getFile();return await n,new Uint8Array(await r.arrayBuffer())}),put:async(t,n)=>{let r;try{r=await(await e.getFileHandle(t,{create:!0})).createWritable(),await r.write(n),await r.close()}catch(n){throw await U(async()=>r?.abort()),await U(()=>e.removeEntry(t)),n}},remove:async t=>void await U(()=>e.removeEntry(t)),list:async()=>await U(()=>xl(e))??[]}}async function xl(e){let t=[];for await(let n of e.values()){if(!(n instanceof FileSystemFileHandle))continue;let e=await U(()=>n.getFile());e&&t.push({name:n.name,bytes:e.size,written:e.lastModified})}return t}const Sl=`https://shards.invalid/`;async function Cl(){let e=await U(async()=>caches.open(_l));return e?{kind:`cache-api`,get:(t,n)=>U(async()=>{let r=await e.match(Sl+t);return await n,r?new Uint8Array(await r.arrayBuffer()):null}),put:(t,n)=>{let r={"content-length":String(n.length),"last-modified":(/* @__PURE__ */ new Date()).toUTCString()};return e.put(Sl+t,new Response(n,{headers:r}))},remove:async t=>void await U(()=>e.delete(Sl+t)),list:async()=>await U(()=>wl(e))??[]}:null}async function wl(e){let t=[];for(let{url:n}of await e.keys()){let{headers:r}=await e.match(n)??new Response,[i,a]=[Number(r.get(`content-length`)),Date.parse(r.get(`last-modified`)??``)];t.push({name:n.slice(23),bytes:i,written:Number.isNaN(a)?0:a})}return t}const Tl=4*2**30,El=`last-used`,Dl={kind:`none`,get:async()=>null,put:async()=>{},remove:async()=>{}};async function Ol(e=Tl){let t=await vl();return t?new Al(t,e):Dl}const kl=yl;var Al=class{kind;#e;#t;#n=/* @__PURE__ */ new Set;#r=!1;constructor(e,t){this.kind=e.kind,this.#e=e,this.#t=t}async get(e,t){let n=await this.#e.get(e,t);return n&&await this.#s(e),n}async put(e,t){if(this.#r||!await this.#i(e,t.length))return;Nl();let n=/* @__PURE__ */ new Set;for(;;)try{return await this.#e.put(e,t),await this.#s(e)}catch(t){let r=t instanceof DOMException&&t.name===`QuotaExceededError`&&(await this.#a(e)).find(e=>!n.has(e.name));if(!r){this.#r=!0;return}n.add(r.name),await this.#e.remove(r.name)}}remove(e){return this.#e.remove(e)}async#i(e,t){let n=(await this.#e.list()).filter(t=>t.name!==e),r=jl(n)+t-this.#t;if(r<=0)return!0;let i=await this.#a(e);if(jl(i)<r)return!1;let a=0;for(let e of i){if(a>=r)break;await this.#e.remove(e.name),a+=e.bytes}return!0}async#a(e){let t=await this.#o(),n=e=>Math.max(t.get(e.name)??0,e.written);return(await this.#e.list()).filter(t=>t.name!==e&&t.name!==El&&!this.#n.has(t.name)).sort((e,t)=>n(e)-n(t))}async#o(){let e=await this.#e.get(El),t=e&&await U(async()=>JSON.parse(new TextDecoder().decode(e))),n=typeof t==`object`&&t?Object.entries(t):[];return new Map(n.filter(e=>typeof e[1]==`number`))}async#s(e){this.#n.add(e);let t=(await this.#o()).set(e,Date.now()),n=new Set((await this.#e.list()).map(e=>e.name)),r=[...t].filter(([t])=>t===e||n.has(t)),i=JSON.stringify(Object.fromEntries(r));await U(()=>this.#e.put(El,new TextEncoder().encode(i)))}};const jl=e=>e.reduce((e,{bytes:t})=>e+t,0);let Ml=!1;function Nl(){Ml||(Ml=!0,U(async()=>await navigator.storage.persisted()||navigator.storage.persist()))}var Pl=class extends i{};async function Fl(t,n){let{files:r,cache:a,meter:o,room:s,signal:c}=n;e(c);let l=await a.get(t.sha256,s);if(l&&await Pc(l)===t.sha256)return o.add(t.file,l.length,!0),l;l&&(zi(l),await a.remove(t.sha256));try{let e=await Il(t,n);return await a.put(t.sha256,e),e}catch(a){throw e(c),!(a instanceof i&&!(a.cause instanceof sc))||!await n.replaced().catch(()=>!1)?a:new Pl(`network`,`${r.name}: the model was replaced while it was loaded (model.json and ${t.file} belong to different ones); load it again`,{cause:a})}}async function Il(e,t){try{return await Ll(e,t,!1)}catch(n){if(!(n instanceof cc))throw n;return Ll(e,t,!0)}}async function Ll(e,{files:t,meter:n,room:r,signal:i},a){let o=0,s=t=>{o+=t,n.add(e.file,t)};try{let n=await t.shard(e.file,e.bytes,{signal:i,reload:a,room:r,onBytes:s}),o=await Pc(n);if(o===e.sha256)return n;throw zi(n),new cc(`file`,`${t.name}: ${e.file} is damaged: SHA-256 ${o.slice(0,16)}…, model.json says ${e.sha256.slice(0,16)}… (read twice); copy or convert the folder again`)}catch(t){throw n.add(e.file,-o),t}}async function Rl(t,r={}){let{signal:i,cacheBudget:a=Tl}=r;n(a>=0,`option`,()=>`cacheBudget is ${a}, expected a number of bytes, 0 or more; cache: false keeps nothing`);let o=typeof t==`string`||t instanceof URL?Oc(t):jc(t),s=o.address!==null&&r.cache!==!1?await Ol(a):Dl,c=Bl(await Ic(o,zl,{cache:s,signal:i})),l=Jc(`${o.name}: ${zl}`,c),u=/* @__PURE__ */ new Map;for(let[e,{dtype:t,shape:n}]of Object.entries(l.tensors))u.set(e,{name:e,dtype:t,shape:n});let{directions:d}=l,f=d?await Vl(d,l,await Ic(o,d,{cache:s,version:c,signal:i})):void 0,p=l.shards.reduce((e,t)=>e+t.bytes,0),m={name:l.name,architecture:l.architecture,manifest:l,tensors:u,totalBytes:p,...f&&{directions:f},file:(e,t)=>o.bytes(e,{signal:t}),async sample(t){let{samples:n=[]}=l,r=await ml(n,e=>Ic(o,e,{cache:s,version:c,signal:t}));return e(t),r},async stream(e,t={}){let n=new fl(p,t.onProgress),r=/* @__PURE__ */ new Map,i=async()=>{if(o.address===null)return!1;let{signal:e}=t;return Bl(await o.bytes(zl,{signal:e,cache:`reload`}))!==c};await Hl(l.shards,t,(e,t,r)=>Fl(e,{files:o,replaced:i,cache:s,meter:n,room:t,signal:r}),async(n,i)=>Ul(n,i,u,r,e,t)),Wl(o.name,u,r)}},h=/* @__PURE__ */ new Map;for(let[e,t]of Object.entries(l.domains??{}))h.set(e,async n=>ac(e,m,await Ic(o,t,{cache:s,version:c,signal:n})));return{...m,domains:h}}const zl=`model.json`,Bl=e=>new TextDecoder().decode(e);async function Vl(e,t,r){let{tensors:i}=await hs(Vi(e,r)),a=/* @__PURE__ */ new Map;for(let r of i.values()){let i=await r.read();n(i.length===t.architecture.styleDim,`tensor`,()=>`${e}: direction "${r.name}" has ${i.length} numbers, the model's w has ${t.architecture.styleDim}; convert the directions again`),a.set(r.name,i)}return a}async function Hl(t,{signal:n},r,i){let a=new AbortController,o=n?AbortSignal.any([n,a.signal]):a.signal,s=(e,n)=>{let i=t[e],a=i?r(i,n,o):null;return a?.catch(()=>{}),a},c=()=>{};try{let e=s(0,Promise.resolve());for(let[n,r]of t.entries()){let t=await e,a=new Promise(e=>{c=e});e=s(n+1,a),t&&await i(r,t),t&&zi(t),c()}}catch(t){throw a.abort(),c(),e(n),t}}async function Ul(t,r,i,a,o,{signal:s}){let{entries:c}=await ms(Vi(t.file,r));for(let l of c){e(s);let c=Ri(l.name),u=i.get(c.name),d=u?Li(u):0,f=c.to??d,p=u&&(u.shape.length===0?[]:[f-c.from,...u.shape.slice(1)]);n(u&&l.dtype===u.dtype&&l.shape.join()===p?.join()&&f<=d,`tensor`,()=>`${t.file}: tensor "${l.name}" is ${l.dtype} [${l.shape}], model.json says ${u?`${u.dtype} [${u.shape}]`:`nothing of it`}; convert again`),n((a.get(c.name)??0)===c.from,`tensor`,()=>`${t.file}: tensor "${l.name}" comes out of order; convert again`),a.set(c.name,Math.max(f,1)),await o(u,r.subarray(l.byteOffset,l.byteOffset+l.byteLength),c.from)}}function Wl(e,t,r){for(let i of t.values()){let t=r.get(i.name)??0;n(t===Li(i),`tensor`,()=>`${e}: tensor "${i.name}" [${i.shape}] has only ${t} rows in its shards; convert again`)}}const Gl={sharedInner:128,inner:256,code:512},[Kl,ql]=[3,6],Jl=`hypernet.shared_weight_hypernet`;function*Yl(e,t=Gl){for(let{kind:n}of Object.values(zc(e)))yield*Xl.get(n)?.(e,t)??[]}const Xl=/* @__PURE__ */ new Map([[Lc.hypernetwork,(e,t)=>e.hypernetwork?nu(e,e.hypernetwork,t):[]],[Lc.generator,e=>cu(e)],[Lc.encoder,e=>e.encoder?lu(e,e.encoder):[]]]);function*Zl(e,t){yield*cu(e),yield*uu(e.encoder,ql);let{encoder:n,styleDim:r,latentCount:i}=e,a=Math.max(...Be(e)),o=Math.round(Math.log2(a))-n.widths.length;for(let e=0;e<i;e++){let i=`encoder.styles.${e}`;yield*au(i,n.widths.at(-1)??0,t,t,Math.max(o,1)),yield{name:`${i}.linear.weight`,shape:[r,t],role:`equalized`},yield{name:`${i}.linear.bias`,shape:[r],role:`bias`}}}function Ql(e){return e.role!==`counter`&&e.role!==`filter`&&e.aliasOf===void 0}function*$l(e,t,n,r,i=!1){yield{name:`${e}.weight`,shape:[t,n,r,r],role:`weight`},i&&(yield{name:`${e}.bias`,shape:[t],role:`bias`})}function*eu(e,t){yield{name:`${e}.weight`,shape:[t],role:`gamma`},yield{name:`${e}.bias`,shape:[t],role:`bias`},yield{name:`${e}.running_mean`,shape:[t],role:`mean`},yield{name:`${e}.running_var`,shape:[t],role:`variance`},yield{name:`${e}.num_batches_tracked`,shape:[],role:`counter`}}function*tu(e){let t=0,n=e.stem;for(let[r,i]of e.widths.entries())for(let a=0;a<(e.units[r]??0);a++)yield{index:t++,from:n,to:i,first:a===0,stage:r},n=i}function*nu(e,t,n){yield*$l(`hypernet.conv1`,t.stem,6,7),yield*eu(`hypernet.bn1`,t.stem),yield{name:`hypernet.relu.weight`,shape:[t.stem],role:`slope`};for(let{index:e,from:n,to:r,first:i,stage:a}of tu(t)){let t=`hypernet.body.${e}`;yield*$l(`${t}.conv1`,r,n,3),yield*eu(`${t}.bn1`,r),yield*$l(`${t}.conv2`,r,r,3),yield*eu(`${t}.bn2`,r),i&&(a>0||n!==r)&&(yield*$l(`${t}.downsample.0`,r,n,1),yield*eu(`${t}.downsample.1`,r))}let r=e.channels[4]??0;yield*iu(Jl,n.code,r,t.sharedTaps),yield*ru(e,t,n)}function*ru(e,t,n){let r=e.channels[4]??0,i=Math.floor(Math.log2(e.inputSize))-t.widths.length,a=t.widths.at(-1)??0;for(let o of ze(e)){if(!t.tunedLayers.includes(o.index))continue;let e=`hypernet.refinement_blocks.${o.index}`;if(t.sharedLayers.includes(o.index)){yield*au(e,a,n.sharedInner,n.code,Math.max(i,1)+1),yield{name:`${e}.linear.weight`,shape:[n.code,n.code],role:`equalized`},yield{name:`${e}.linear.bias`,shape:[n.code],role:`bias`};for(let i of iu(`${e}.hypernet`,n.code,r,t.sharedTaps))yield{...i,aliasOf:i.name.replace(`${e}.hypernet`,Jl)};continue}let s=o.kind===`rgb`,c=!s&&!t.separable;yield*au(e,a,n.inner,n.code,Math.max(i-+!!c,2)),s||c?yield*ou(`${e}.output.${+!!c}`,o.inChannels*o.outChannels,n.code):yield*su(`${e}.output.0`,o.inChannels,o.outChannels,n.code)}}function*iu(e,t,n,r){let i=n*r*r;yield{name:`${e}.w1`,shape:[t,i],role:`head`},yield{name:`${e}.b1`,shape:[i],role:`bias`},yield{name:`${e}.w2`,shape:[t,n*t],role:`head`},yield{name:`${e}.b2`,shape:[n*t],role:`bias`}}function*au(e,t,n,r,i){for(let a=0;a<i;a++)yield*$l(`${e}.convs.${2*a}`,a===i-1?r:n,a===0?t:n,3,!0)}function*ou(e,t,n){yield{name:`${e}.weight`,shape:[t,n,1,1],role:`offset-head`},yield{name:`${e}.bias`,shape:[t],role:`bias`}}function*su(e,t,n,r){let i=[[`make_kernel_in`,9*t,r],[`make_kernel_out`,9*n,r],[`kernel_linear_in`,t,t],[`kernel_linear_out`,n,n]];for(let[t,n,r]of i)yield{name:`${e}.${t}.weight`,shape:[n,r],role:`offset-head`},yield{name:`${e}.${t}.bias`,shape:[n],role:`bias`}}function*cu(e){let{styleDim:t,mappingLayers:n,size:r}=e;for(let e=1;e<=n;e++)yield{name:`decoder.style.${e}.weight`,shape:[t,t],role:`mapping`},yield{name:`decoder.style.${e}.bias`,shape:[t],role:`bias`};yield{name:`decoder.input.input`,shape:[1,e.channels[4]??0,4,4],role:`constant`};let i=ze(e),a=[...i.slice(0,2),...i.slice(2).filter(e=>e.kind!==`rgb`),...i.slice(2).filter(e=>e.kind===`rgb`)];for(let e of a){let n=`decoder.${e.key}`,r=e.kind===`rgb`?1:3;e.kind===`rgb`&&(yield{name:`${n}.bias`,shape:[1,3,1,1],role:`bias`}),e.kind===`rgb`&&e.resolution>4&&(yield{name:`${n}.upsample.kernel`,shape:[4,4],role:`filter`}),yield{name:`${n}.conv.weight`,shape:[1,e.outChannels,e.inChannels,r,r],role:`equalized`},e.kind===`up`&&(yield{name:`${n}.conv.blur.kernel`,shape:[4,4],role:`filter`}),yield{name:`${n}.conv.modulation.weight`,shape:[e.inChannels,t],role:`equalized`},yield{name:`${n}.conv.modulation.bias`,shape:[e.inChannels],role:`style-bias`},e.kind!==`rgb`&&(yield{name:`${n}.noise.weight`,shape:[1],role:`noise-strength`},yield{name:`${n}.activate.bias`,shape:[e.outChannels],role:`bias`})}for(let e=0;e<2*Math.log2(r)-3;e++){let t=2**(e+5>>1);yield{name:`decoder.noises.noise_${e}`,shape:[1,1,t,t],role:`noise`}}}function*lu(e,t){yield*uu(t,Kl,[{name:`encoder.linear.weight`,shape:[e.styleDim,t.widths.at(-1)??0],role:`equalized`},{name:`encoder.linear.bias`,shape:[e.styleDim],role:`bias`}])}function*uu(e,t,n=[]){yield*$l(`encoder.input_layer.0`,e.stem,t,3),yield*eu(`encoder.input_layer.1`,e.stem),yield{name:`encoder.input_layer.2.weight`,shape:[e.stem],role:`slope`},yield*n;for(let{index:t,from:n,to:r}of tu(e)){let e=`encoder.body.${t}`;n!==r&&(yield*$l(`${e}.shortcut_layer.0`,r,n,1),yield*eu(`${e}.shortcut_layer.1`,r)),yield*eu(`${e}.res_layer.0`,n),yield*$l(`${e}.res_layer.1`,r,n,3),yield{name:`${e}.res_layer.2.weight`,shape:[r],role:`slope`},yield*$l(`${e}.res_layer.3`,r,r,3),yield*eu(`${e}.res_layer.4`,r);let i=Math.floor(r/16);yield*$l(`${e}.res_layer.5.fc1`,i,r,1),yield*$l(`${e}.res_layer.5.fc2`,r,i,1)}}const du={encoder:[3,4,14,3],hypernetwork:[3,4,6,3]},fu=[32,224];function pu(e,t,n,r=e){let i=vu(n.arch)?n.arch:{},a=Su(e,t),o={...a,...mu(e,n),encoder:t.has(`encoder.input_layer.0.weight`)?Cu(r,t,`encoder`,i.enc_units):null,hypernetwork:t.has(`hypernet.conv1.weight`)?wu(e,t,a,i.hyper_units):null};bu(e,o,t);let s=hu(t,o.hypernetwork);return _u({file:e,encoderFile:r},Yl(o,s),t),o}function mu(e,t){let r=vu(t.arch)?t.arch:{},i=typeof t.dataset_type==`string`&&t.dataset_type.includes(`cars`),a=r.input_size===void 0?256:r.input_size,o=r.crop_rows===void 0?i?fu:null:r.crop_rows;return n(yu(a),`model`,()=>`${e}: opts.arch.input_size is ${JSON.stringify(a)}, expected 16 to 4096 pixels, such as 256`),n(o===null||xu(o,a),`model`,()=>`${e}: opts.arch.crop_rows is ${JSON.stringify(o)}, expected two rows from 0 to ${a}, or none`),{inputSize:a,cropRows:o}}function hu(e,t){let n=t=>e.get(`hypernet.refinement_blocks.${t}.convs.0.weight`)?.shape[0],r=t?.tunedLayers.find(e=>!t.sharedLayers.includes(e));return{sharedInner:n(t?.sharedLayers[0])??Gl.sharedInner,inner:n(r)??Gl.inner,code:e.get(`hypernet.shared_weight_hypernet.w2`)?.shape[0]??Gl.code}}const gu=[`noise`,`noise-strength`];function _u({file:e,encoderFile:t},r,i){let a=[...r].filter(Ql),o=gu.filter(e=>!a.some(t=>t.role===e&&i.has(t.name)));for(let{name:r,shape:s,role:c}of a){let a=i.get(r);if(!a&&o.includes(c))continue;let l=r.startsWith(`encoder.`)?t:e;n(a,`tensor`,()=>`${l}: tensor "${r}" [${s}] is missing; the checkpoint is incomplete or of another architecture`),n(a.shape.join()===s.join(),`tensor`,()=>`${l}: tensor "${r}" has shape [${a.shape}], the other tensors ask for [${s}]; the checkpoint is of another architecture or corrupt`)}}function vu(e){return typeof e==`object`&&!!e&&!Array.isArray(e)}function yu(e){return Number.isInteger(e)&&e>=16&&e<=4096}function bu(e,{inputSize:t,hypernetwork:r},i){let a=e=>i.has(`hypernet.refinement_blocks.${e}.output.1.weight`),o=r?.tunedLayers.find(e=>!a(e));n(o===void 0||Number.isInteger(Math.log2(t)),`model`,()=>`${e}: opts.arch.input_size is ${t}, but layer ${o}'s refinement block halves its features down to 1x1; expected a power of two such as 256`)}function xu(e,t){if(!Array.isArray(e)||e.length!==2)return!1;let[n,r]=e;return Number.isInteger(n)&&Number.isInteger(r)&&n>=0&&n<r&&r<=t}function Su(e,t){let r=r=>{let i=t.get(r)?.shape;return n(i,`tensor`,()=>`${e}: tensor "${r}" is missing; expected a HyperStyle checkpoint (decoder.*) or a StyleGAN2 generator (g_ema)`),i},i=(e,n)=>{let r=n;for(;r<64&&t.has(e(r));)r++;return r-n},a={4:r(`decoder.input.input`)[1]??0},o=i(e=>`decoder.convs.${2*e}.conv.weight`,0);n(o>=1&&o<=9,`model`,()=>`${e}: the generator has ${o} upsampling layers, expected 1 (8 px) to 9 (2048 px); the checkpoint is incomplete`);for(let e=0;e<o;e++)a[String(8*2**e)]=r(`decoder.convs.${2*e}.conv.weight`)[1]??0;return{size:4*2**o,styleDim:r(`decoder.conv1.conv.modulation.weight`)[1]??0,mappingLayers:i(e=>`decoder.style.${e}.weight`,1),latentCount:2*(o+2)-2,channels:a}}function Cu(e,t,r,i){let[a,o]=r===`encoder`?[`encoder.input_layer.0.weight`,e=>`encoder.body.${e}.res_layer.3.weight`]:[`hypernet.conv1.weight`,e=>`hypernet.body.${e}.conv2.weight`],s=[];for(let e=0;e<256;e++){let n=t.get(o(e))?.shape[0];if(n===void 0)break;s.push(n)}let c=Array.isArray(i)?i:du[r],l=c.every(e=>Number.isInteger(e)&&e>0),u=l?c.reduce((e,t)=>e+t,0):0;n(l&&u===s.length&&u>0,`model`,()=>`${e}: the ${r} has ${s.length} units, but ${i===void 0?`the published models have`:`opts.arch says`} stages [${c}]; store opts.arch with the checkpoint: {"enc_units": […], "hyper_units": […]}, units a stage (in safetensors as JSON text under "arch" in the metadata)`);let d=0,f=c.map(e=>{let t=s[d]??0;return d+=e,t});return{stem:t.get(a)?.shape[0]??0,widths:f,units:c}}function wu(e,t,r,i){let a=2+3*(Math.log2(r.size)-2),o=(e,n)=>t.has(`hypernet.refinement_blocks.${e}.${n}`),s=Array.from({length:a},(e,t)=>t).filter(e=>o(e,`convs.0.weight`));n(s.length>0,`model`,()=>`${e}: the hypernetwork tunes no layer (hypernet.refinement_blocks.* is missing); the checkpoint is incomplete`);let c=t.get(`hypernet.shared_weight_hypernet.w1`)?.shape[1],l=s.filter(e=>o(e,`linear.weight`)),u=Math.sqrt((c??0)/(r.channels[4]??1));return n(u===1||u===3,`model`,()=>`${e}: the shared head's w1 has ${c} columns for ${r.channels[4]} channels, expected 1 or 9 times as many; the checkpoint is of another architecture`),{...Cu(e,t,`hypernetwork`,i),tunedLayers:s,sharedLayers:l,sharedTaps:u,separable:s.some(e=>o(e,`output.0.make_kernel_in.weight`))}}const Tu=/^hypernet\.refinement_blocks\.\d+\.hypernet\.(w1|b1|w2|b2)$/;function Eu(e,t){let{main:r,encoder:i,swapped:a}=Du(e,t),o=/* @__PURE__ */ new Map,s=i||ku(r.tensors)?``:`encoder.`;for(let[e,t]of r.tensors){let n=Pu(e);!(n.startsWith(`encoder.`)&&(i||s))&&!o.has(n)&&o.set(n,t.renamed(n))}for(let[e,t]of i?.tensors??[])e.startsWith(`encoder.`)&&o.set(e,t);ju(r);let c=pu(r.name,o,r.opts,i?.name),l=r.tensors.get(`latent_avg`)??i?.tensors.get(`latent_avg`);n(l||!c.hypernetwork,`tensor`,()=>`${r.name}: tensor "latent_avg" is missing, in the W encoder's file too; save it beside state_dict`);let u=/* @__PURE__ */ new Map,d=[],f=/* @__PURE__ */ new Set([qs]);for(let e of Yl(c,hu(o,c.hypernetwork))){f.add(e.name);let t=o.get(e.name);t&&Ql(e)&&u.set(e.name,t),t&&e.role===`filter`&&d.push(t)}l&&u.set(qs,Fu(r.name,l,c));let p=[...a?[`${e.name} holds the W encoder and ${t?.name} the rest: taken in that order`]:[],...Mu(r,c),...Nu(r,e=>f.has(e)),...i?Nu(i,e=>f.has(e)&&!/^(decoder|hypernet)\./.test(e)):[]];return{name:r.name,architecture:c,tensors:u,filters:d,notes:p}}function Du(e,t){if(!t)return{main:e,encoder:null,swapped:!1};let[r,i]=[Ou(e,`hypernet.`),Ou(t,`hypernet.`)],a=!r&&(i||Ou(e,`encoder.`)&&!Ou(t,`encoder.`)),[o,s]=a?[t,e]:[e,t];return n(ku(s.tensors),`model`,()=>`${s.name}: ${Au(s)}; beside ${o.name} it must be the W encoder's checkpoint (encoder.linear.*), in either order`),{main:o,encoder:s,swapped:a}}function Ou({tensors:e},t){for(let n of e.keys())if(n.startsWith(t))return!0;return!1}function ku(e){return e.has(`encoder.input_layer.0.weight`)&&e.has(`encoder.linear.weight`)}function Au(e){if(Ou(e,`encoder.styles.`))return`is an e4e, pSp or ReStyle encoder (encoder.styles.*)`;if(Ou(e,`encoder.output_layer.`))return`is a face recognition network (output_layer.*)`;let t=Ou(e,`encoder.`)?`a part of an encoder`:`no tensor "encoder.*"`;return Ou(e,`hypernet.`)?`holds ${t}, but a hypernetwork`:Ou(e,`decoder.`)?`holds ${t}, but a generator`:`holds ${t}`}function ju(e){n(Ou(e,`decoder.`)||!Ou(e,`encoder.`),`model`,()=>`${e.name}: ${ku(e.tensors)?`is a W encoder alone`:Au(e)}, without a generator (decoder.*); give the HyperStyle checkpoint beside it`)}function Mu({name:e,opts:t},{encoder:n,hypernetwork:r,inputSize:i}){return!n&&!r||`arch`in t||`dataset_type`in t?[]:[`${e}: has no options (opts); it is taken to read ${i} px without a crop, as the published faces do`]}function Nu({name:e,tensors:t,leftOut:n},r){let i=/* @__PURE__ */ new Map;for(let e of t.keys()){if(r(e))continue;let t=e.split(`.`)[0]??``,n=i.get(t);n?n.push(e):i.set(t,[e])}let a=[...i].map(([e,t])=>t.length>3?`${e} (${t.length} tensors, such as ${t[0]})`:t.join(`, `));return[...n,...za(``,a)].map(t=>`${e}: not read: ${t}`)}function Pu(e){let t=Tu.exec(e);return t?`hypernet.shared_weight_hypernet.${t[1]}`:e}function Fu(e,t,r){let{latentCount:i,styleDim:a}=r,o=t.shape.filter((e,n)=>e!==1||n===t.shape.length-1),s=t.strides.filter((e,n)=>t.shape[n]!==1||n===t.shape.length-1),[c,l]=o.length===1?[1,o[0]]:o;n(o.length<=2&&l===a&&(c===1||c===i),`tensor`,()=>`${e}: tensor "latent_avg" has shape [${t.shape}], expected [${i}, ${a}] or [${a}]; the checkpoint is of another size`);let[u,d]=o.length===1?[0,s[0]??1]:[s[0]??0,s[1]??1];return t.renamed(qs,[i,a],[u,d])}const Iu=32*2**20;function Lu(e,t,n){return Math.max(1,Math.floor(e/Math.max(1,t*n)))}function Ru(e,t){return zu(Eu(e,t))}function zu({name:e,architecture:t,tensors:n}){let r=/* @__PURE__ */ new Map;for(let[e,{shape:t}]of n)r.set(e,{name:e,shape:t,dtype:`f32`});let i=[...r.values()].reduce((e,t)=>e+4*S(t.shape),0);return{name:e,architecture:t,tensors:r,totalBytes:i,async stream(e,t={}){let r=new fl(i,t.onProgress);for(let i of n.values())await Bu(i,e,t,r)}}}async function Bu(t,n,r,i){let{name:a,shape:o,rows:s}=t,c=Lu(Iu,S(o)/s,4);for(let l=0;l<s;l+=c){e(r.signal);let u=await t.readRows(l,Math.min(l+c,s)),d=new Uint8Array(u.buffer,u.byteOffset,u.byteLength);await n({name:a,shape:o,dtype:`f32`},d,l),i.add(a,d.byteLength),zi(d)}}function Vu(e){let{name:t,tensors:r,opts:i}=e,a=Uu(t,r,i),o=/* @__PURE__ */ new Map;for(let e of Zl(a,Hu(r))){let t=r.get(e.name);t&&Ql(e)&&o.set(e.name,t)}let s=r.get(qs);return n(s,`tensor`,()=>`${t}: tensor "latent_avg" is missing; save it beside state_dict`),o.set(qs,Fu(t,s,a)),zu({name:t,architecture:a,tensors:o})}function Hu(e){return e.get(`encoder.styles.0.convs.0.weight`)?.shape[0]??0}function Uu(e,t,r){let i=t.get(`encoder.input_layer.0.weight`)?.shape[1];n(Hu(t)>0&&i===6,`model`,()=>`${e}: no ReStyle-e4e checkpoint: its encoder reads ${i??`no`} channels and has ${Hu(t)>0?``:`no `}heads encoder.styles.*, expected 6 channels and heads; give restyle_e4e_*.pt`);let a=vu(r.arch)?r.arch:{},o={...Su(e,t),...mu(e,r),encoder:Cu(e,t,`encoder`,a.enc_units)};return _u({file:e,encoderFile:e},Zl(o,Hu(t)),t),o}function Wu(e,t,r){let i=new Float64Array(r*r);for(let t=0;t<r;t++)for(let a=0;a<=t;a++){let o=e[t*r+a]??0;for(let e=0;e<a;e++)o-=(i[t*r+e]??0)*(i[a*r+e]??0);t===a?(n(o>0,`option`,`the samples are all alike in some direction: draw more of them`),i[t*r+t]=Math.sqrt(o)):i[t*r+a]=o/(i[a*r+a]??1)}let a=Float64Array.from(t);for(let e=0;e<r;e++){for(let t=0;t<e;t++)a[e]=(a[e]??0)-(i[e*r+t]??0)*(a[t]??0);a[e]=(a[e]??0)/(i[e*r+e]??1)}for(let e=r-1;e>=0;e--){for(let t=e+1;t<r;t++)a[e]=(a[e]??0)-(i[t*r+e]??0)*(a[t]??0);a[e]=(a[e]??0)/(i[e*r+e]??1)}return a}function Gu(e,t){let r=Float64Array.from(e);n(r.length===t*t,`option`,()=>`a symmetric matrix of ${r.length} numbers, expected ${t}×${t}`),n(r.every(Number.isFinite),`option`,`a symmetric matrix holds NaN or infinity: its samples must be finite`);let{diagonal:i,beside:a,vectors:o}=Ku(r,t);Yu(i,a,o,t);let s=[...i.keys()].sort((e,t)=>W(i,t)-W(i,e)),c=new Float64Array(t*t);return s.forEach((e,n)=>{c.set(o.subarray(e*t,(e+1)*t),n*t)}),{values:Float64Array.from(s,e=>W(i,e)),vectors:c}}function W(e,t){return e[t]??0}function Ku(e,t){let n=[],r=new Float64Array(t);for(let i=0;i+1<t;i++){let a=t-i-1,o=Float64Array.from({length:a},(n,r)=>W(e,(i+1+r)*t+i)),s=Math.hypot(...o),c=W(o,0)>0?-s:s;r[i]=c,o[0]=W(o,0)-c;let l=o.reduce((e,t)=>e+t*t,0),u=l>0?2/l:0;n.push({v:o,beta:u}),u>0&&qu(e,t,i+1,o,u)}return{diagonal:Float64Array.from({length:t},(n,r)=>W(e,r*t+r)),beside:r,vectors:Ju(n,t)}}function qu(e,t,n,r,i){let a=r.length,o=new Float64Array(a);for(let s=0;s<a;s++){let c=(n+s)*t+n,l=0;for(let t=0;t<a;t++)l+=W(e,c+t)*W(r,t);o[s]=i*l}let s=i/2*o.reduce((e,t,n)=>e+t*W(r,n),0);for(let e=0;e<a;e++)o[e]=W(o,e)-s*W(r,e);for(let i=0;i<a;i++){let s=(n+i)*t+n,[c,l]=[W(r,i),W(o,i)];for(let t=0;t<a;t++)e[s+t]=W(e,s+t)-c*W(o,t)-l*W(r,t)}}function Ju(e,t){let n=new Float64Array(t*t);for(let e=0;e<t;e++)n[e*t+e]=1;for(let r=e.length-1;r>=0;r--){let{v:i,beta:a}=e[r]??{v:/* @__PURE__ */ new Float64Array,beta:0};for(let e=r+1;e<t;e++){let o=e*t+r+1,s=0;for(let e=0;e<i.length;e++)s+=W(n,o+e)*W(i,e);for(let e=0;e<i.length;e++)n[o+e]=W(n,o+e)-a*s*W(i,e)}}return n}function Yu(e,t,r,i){let a=i-1;for(let o=0;a>0;o++){if(n(o<60*i,`option`,`the eigenvalues of this matrix do not settle`),Xu(e,t,a-1)){t[a-1]=0,a--;continue}let s=a-1;for(;s>0&&!Xu(e,t,s-1);)s--;s>0&&(t[s-1]=0),Zu({d:e,e:t,vectors:r,n:i},s,a)}}function Xu(e,t,n){return Math.abs(W(t,n))<=2**-52*(Math.abs(W(e,n))+Math.abs(W(e,n+1)))}function Zu({d:e,e:t,vectors:n,n:r},i,a){let o=(W(e,a-1)-W(e,a))/2,s=W(t,a-1),c=Math.hypot(o,s),l=W(e,i)-(W(e,a)-s**2/(o+(o<0?-c:c))),u=W(t,i);for(let o=i;o<a;o++){let s=Math.hypot(l,u),[c,d]=s>0?[l/s,u/s]:[1,0];o>i&&(t[o-1]=s);let[f,p,m]=[W(e,o),W(e,o+1),W(t,o)];e[o]=c*c*f+2*c*d*m+d*d*p,e[o+1]=d*d*f-2*c*d*m+c*c*p,t[o]=c*d*(p-f)+(c*c-d*d)*m,o+1<a&&(l=W(t,o),u=d*W(t,o+1),t[o+1]=c*W(t,o+1)),Qu(n,r,o,c,d)}}function Qu(e,t,n,r,i){for(let a=n*t,o=a+t;a<o;a++){let[n,o]=[W(e,a),W(e,a+t)];e[a]=r*n+i*o,e[a+t]=r*o-i*n}}function $u(e,t){let{width:r}=e,{count:i,mean:a,covariance:o}=td(e);n(Number.isInteger(t)&&t>=1&&t<=Math.min(r,i-1),`option`,()=>`GANSpace: ${t} components of ${i} samples in ${r} dimensions, expected 1 to ${Math.min(r,i-1)}`);let{values:s,vectors:c}=Gu(o,r);return Array.from({length:t},(e,t)=>({kind:`component`,name:`pc ${t}`,mean:Float32Array.from(a),component:Float32Array.from(c.subarray(t*r,(t+1)*r)),sigma:Math.sqrt(Math.max(0,s[t]??0))}))}function ed(e,t,r){let{width:i,values:a}=t,{count:o,mean:s,covariance:c}=td(t);n(r.length===o,`option`,()=>`direction "${e}": ${r.length} scores for ${o} samples: give one a sample`);let l=Float64Array.from(r),u=l.findIndex(e=>!Number.isFinite(e));n(u<0,`option`,()=>`direction "${e}": the score of sample ${u} is ${r[u]}, expected a number`);let d=l.reduce((e,t)=>e+t,0)/o,f=Math.sqrt(l.reduce((e,t)=>e+(t-d)**2,0)/o);n(f>0,`option`,`direction "${e}": all scores are equal, so nothing tells the pictures apart`);let p=new Float64Array(i);l.forEach((e,t)=>{for(let n=0;n<i;n++)p[n]=(p[n]??0)+(e-d)*((a[t*i+n]??0)-(s[n]??0))/o});let m=.05*s.reduce((e,t,n)=>e+(c[n*i+n]??0),0)/i,h=nd(Wu(c.map((e,t)=>t%(i+1)===0?e+m:e),p,i)),g=l.map((e,t)=>h.reduce((e,n,r)=>e+n*((a[t*i+r]??0)-(s[r]??0)),0)),_=Math.sqrt(g.reduce((e,t)=>e+t*t,0)/o),ee=g.reduce((e,t,n)=>e+t*((l[n]??0)-d),0)/o;return{direction:{kind:`latent`,name:e,vectors:1,values:Float32Array.from(h,e=>e*_)},correlation:ee/(_*f)}}function td({values:e,width:t}){let r=e.length/t;n(Number.isInteger(r)&&r>=16,`option`,()=>`${e.length} numbers are ${r} samples of ${t}: expected at least 16 whole ones`);let i=new Float64Array(t);for(let n=0;n<e.length;n++)i[n%t]=(i[n%t]??0)+(e[n]??0)/r;let a=new Float64Array(t*t),o=new Float64Array(t);for(let n=0;n<r;n++){for(let r=0;r<t;r++)o[r]=(e[n*t+r]??0)-(i[r]??0);for(let e=0;e<t;e++){let n=(o[e]??0)/r;for(let r=0;r<t;r++){let i=e*t+r;a[i]=(a[i]??0)+n*(o[r]??0)}}}return{count:r,mean:i,covariance:a}}function nd(e){let t=Math.hypot(...e);return e.map(e=>e/t)}function rd(e){let t=new Uint8Array(e.reduce((e,t)=>e+t.length,0)),n=0;for(let r of e)t.set(r,n),n+=r.length;return t}function id(e){return new Uint8Array(e.buffer,e.byteOffset,e.byteLength)}const ad=`hyperstyle-directions`;function od(e){let t=e=>({shape:[e.length],data:e});switch(e.kind){case`latent`:{let{vectors:t,values:n}=e;return{values:{shape:[t,n.length/t],data:n}}}case`component`:return{mean:t(e.mean),component:t(e.component)};case`global`:return{relevance:t(e.relevance),deviations:t(e.deviations)};case`channels`:return{}}}function sd(e){let t=[],n=e.map((e,n)=>{for(let[r,{shape:i,data:a}]of Object.entries(od(e)))t.push({name:`${n}.${r}`,dtype:`f32`,shape:i,data:a});let{kind:r,name:i}=e;return r===`channels`?{kind:r,name:i,offsets:e.offsets}:r===`global`?{kind:r,name:i,beta:e.beta,movedLayers:e.movedLayers}:r===`component`?{kind:r,name:i,rows:e.rows,sigma:e.sigma}:{kind:r,name:i,rows:e.rows}});return rd([bs(t,{format:ad,directions:JSON.stringify(n)}),...t.map(({data:e})=>id(e))])}function cd(e){return e.format===ad}async function ld(e,t,r){let i=ud(e,r.directions),a=async r=>{let i=t.get(r);return n(i,`file`,()=>`${e}: tensor "${r}" is missing; save the directions again`),i.read()},o=[];for(let[e,n]of i.entries()){let{kind:r,name:i,rows:s,sigma:c=1,offsets:l=[],beta:u=0,movedLayers:d=0}=n;if(r===`channels`)o.push({kind:r,name:i,offsets:l});else if(r===`latent`){let n=t.get(`${e}.values`)?.shape[0]??1;o.push({kind:r,name:i,rows:s,vectors:n,values:await a(`${e}.values`)})}else if(r===`component`){let[t,n]=[await a(`${e}.mean`),await a(`${e}.component`)];o.push({kind:r,name:i,rows:s,mean:t,component:n,sigma:c})}else{let[t,n]=[await a(`${e}.relevance`),await a(`${e}.deviations`)];o.push({kind:r,name:i,relevance:t,deviations:n,beta:u,movedLayers:d})}}return o}function ud(e,t){let r;try{r=JSON.parse(String(t))}catch{r=void 0}return n(Array.isArray(r)&&r.every(dd),`file`,()=>`${e}: its list of directions is unreadable; save the directions again`),r}function dd(e){if(typeof e!=`object`||!e||!(`kind`in e)||!(`name`in e))return!1;let{kind:t,name:n,rows:r,offsets:i}=e,a=(e,t)=>Array.isArray(e)&&e.length===t&&e.every(e=>typeof e==`number`);return(t===`latent`||t===`component`||t===`global`||t===`channels`)&&typeof n==`string`&&(r===void 0||a(r,2))&&(i===void 0||Array.isArray(i)&&i.every(e=>a(e,3)))}function fd(e,t){return We(`SeFa`,t,e),[...e.layers.filter(({kind:e})=>e!==`rgb`),...e.layers.slice(-1)].slice(...t).map(({index:e})=>e)}function pd(e,t,n){let{styleDim:r}=e,i=new Float64Array(r*r);for(let a of fd(e,n))hd(i,t(a),r);let{values:a,vectors:o}=Gu(i,r);for(let e=0;e<r;e++)gd(o.subarray(e*r,(e+1)*r));return{values:a,vectors:o}}function md(e,t,r,i){let{styleDim:a}=e;n(Number.isInteger(i)&&i>=1&&i<=a,`option`,()=>`SeFa: ${i} directions, expected a whole number from 1 to ${a}`);let{vectors:o}=pd(e,t,r);return Array.from({length:i},(e,t)=>({kind:`latent`,name:`sefa ${t}`,vectors:1,values:Float32Array.from(o.subarray(t*a,(t+1)*a)),rows:r}))}function hd(e,t,r){n(t.length>0&&t.length%r===0,`tensor`,()=>`SeFa: modulation weights of ${t.length} numbers, expected rows of ${r}`);for(let n=0;n<t.length;n+=r){let i=Float64Array.from(t.subarray(n,n+r)),a=i.reduce((e,t)=>e+t*t,0);if(a!==0)for(let[t,n]of i.entries()){let o=n/a;for(let[n,a]of i.entries())e[t*r+n]=(e[t*r+n]??0)+o*a}}}function gd(e){e.reduce((e,t)=>Math.abs(t)>Math.abs(e)?t:e,0)<0&&e.forEach((t,n)=>{e[n]=-t})}function _d(e){let t=e>>>0;return()=>{t=t+2654435769>>>0;let e=t;return e=Math.imul(e^e>>>16,2246822507),e=Math.imul(e^e>>>13,3266489909),(((e^e>>>16)>>>0)+.5)/2**32}}function vd(e,t){let n=_d(e);return Float32Array.from({length:t},()=>Math.sqrt(-2*Math.log(n()))*Math.cos(2*Math.PI*n()))}async function yd(e,t){let r=/* @__PURE__ */ new Map;return await e.stream((i,a,o)=>{if(!t(i.name))return;n(i.dtype!==`i8`,`tensor`,()=>`${e.name}: "${i.name}" is stored as int8, which is too coarse to be written again`);let s=r.get(i.name)??new Float32Array(S(i.shape));r.set(i.name,s);let c=o*Ii(i)/qe[i.dtype];s.set(ca(i.dtype,a.slice()),c)}),r}const bd=`chromium-experimental-subgroup-matrix`,xd=[`shader-f16`,`subgroups`,`timestamp-query`],Sd={componentType:`f16`,resultComponentType:`f32`,M:16,N:16,K:16},Cd=/swiftshader|llvmpipe|lavapipe|softpipe|basic render/i,wd={powerPreference:`high-performance`},Td=[`GPUBufferUsage`,`GPUTextureUsage`,`GPUShaderStage`,`GPUMapMode`],Ed=`in Node: import { create, globals } from 'webgpu'; Object.assign(globalThis, globals); then pass gpu: create([])`;function Dd(){if(`Deno`in globalThis)return`this Deno has no WebGPU: run it with --unstable-webgpu`;let{process:e}=globalThis;return e?.versions?.node?`Node has no WebGPU of its own; ${Ed}`:`this browser has no WebGPU: use a current Chrome, Edge, Safari or Firefox over https (or localhost), and check that hardware acceleration is on`}function Od(){let e=Td.find(e=>!(e in globalThis));n(e===void 0,`device`,()=>`WebGPU's constants are missing here (${e} is not defined); ${Ed}`)}function kd(e){return[e?.vendor,e?.architecture,e?.description].filter(Boolean).join(` `)||`unknown adapter`}function Ad(e,t){return[bd,`subgroups`,`shader-f16`].every(t=>e.has(t))?[...t?.subgroupMatrixConfigs??[]].some(({componentType:e,resultComponentType:t,M:n,N:r,K:i})=>e===Sd.componentType&&t===Sd.resultComponentType&&n===Sd.M&&r===Sd.N&&i===Sd.K):!1}function jd(e,t,{kernels:n,precision:r=`f32`}={}){let i=kd(t),a=new Set(e.features);return{features:a,matrixUnits:Ad(a,t),precision:a.has(`shader-f16`)?r:`f32`,software:Cd.test(i)||t?.isFallbackAdapter===!0,forced:n}}function Md(e,t,n,r){let i=jd(e,t,r),a=kd(t),{precision:o=`f32`}=r,s=`precision "${o}" needs the WebGPU feature shader-f16, which ${a} does not offer: f32 is used instead`;return{device:e,facts:i,adapterName:a,owned:n,warnings:i.precision===o?[]:[s]}}const Nd=({precision:e=`f32`})=>e===`f32`?xd:[...xd,bd];function Pd({kernels:e,precision:t}){e!==void 0&&r(`kernels`,e,_t),t!==void 0&&r(`precision`,t,ot)}const Fd={maxStorageBufferBindingSize:128*2**20,maxComputeWorkgroupStorageSize:16384};function Id(e,t){let{maxStorageBufferBindingSize:n,maxBufferSize:r}=t;return e<=Fd.maxStorageBufferBindingSize?{}:{maxStorageBufferBindingSize:n,maxBufferSize:r}}function Ld({device:e,adapterName:t},r){let i=e=>`${(e/2**20).toFixed(0)} MiB`;for(let a of[`maxStorageBufferBindingSize`,`maxBufferSize`])n(r<=e.limits[a],`device`,()=>`this model needs ${i(r)} in one buffer, ${t} allows ${i(e.limits[a])} (${a}): choose a smaller model or another GPU`)}async function Rd(e={},t){if(Pd(e),e.device)return Md(e.device,e.device.adapterInfo,!1,e);let n=e.gpu??globalThis.navigator?.gpu;if(!n)throw new i(`device`,Dd());Od();let r=await n.requestAdapter(wd);if(!r)throw new i(`device`,`WebGPU found no adapter on this machine: update the graphics driver or enable hardware acceleration`);let a=Nd(e).filter(e=>r.features.has(e)),o=jd({features:a},r.info,e),s={label:`HyperStyle`,requiredFeatures:a,requiredLimits:t?Id(await t(o),r.limits):{}};return Md(await r.requestDevice(s).catch(e=>{let t=`${kd(r.info)} gives no device (${e.message}): close other pages or restart the browser`;throw new i(`device`,t,{cause:e})}),r.info,!0,e)}function G(e,r){n(typeof r==`object`&&!!r&&!Array.isArray(r),`option`,()=>`the options of ${e} are ${t(r)}, expected an object`)}function zd(e,r){n(r===void 0||typeof r==`function`,`option`,()=>`${e} is ${t(r)}, expected a function`)}function Bd(e){let r=t(e),i=r===`AbortController`?`: pass its signal`:``;n(e===void 0||r===`AbortSignal`,`option`,()=>`signal is ${r}, expected an AbortSignal${i}`)}function Vd(e,r){n(r===void 0||typeof r==`boolean`,`option`,()=>`${e} is ${t(r)}, expected true or false`)}function Hd(e,t){G(e,t),Pd(t),Bd(t.signal),Vd(`cache`,t.cache),Vd(`sampleCheck`,t.sampleCheck),zd(`onWarning`,t.onWarning),zd(`onProgress`,t.onProgress)}function Ud(e){let r=Array.isArray(e)&&e.length>0;n(r||typeof e==`string`||e instanceof URL,`option`,()=>`the model is ${Array.isArray(e)?`a list without files`:t(e)}, expected its address or the files of its folder`)}const Wd=1e5;var Gd=class{#e;constructor(e){this.#e=e}async sefa({name:e=`sefa`,count:t=5,rows:n}={}){let{space:r,source:i}=this.#e,a=n??[0,r.latentCount],o=e=>`decoder.${r.layers[e]?.key}.conv.modulation.weight`,s=new Set(fd(r,a).map(o)),c=await yd(i,e=>s.has(e)),l=md(r,e=>c.get(o(e))??/* @__PURE__ */ new Float32Array,a,t);return this.#n(l.map((t,n)=>({...t,name:`${e} ${n}`})))}async ganspace(e={}){G(`ganspace`,e);let{name:t=`pc`,count:n=8}=e,r=$u(await this.#r(e),n);return this.#n(r.map((e,n)=>({...e,name:`${t} ${n}`})))}async find(e,r,i={}){G(`find`,i),n(typeof e==`string`&&e!==``,`option`,()=>`find: the name is ${t(e)}, expected a word`),n(r!==void 0,`option`,`find needs a function that scores a picture`),zd(`score`,r),this.#t(e);let a=[],{direction:o,correlation:s}=ed(e,await this.#r(i,async e=>{a.push(await r(e))}),a);return this.#n([o]),s}save(e){let{directions:t}=this.#e;return sd((e??[...t.keys()]).map(e=>{let r=t.get(e);return n(r,`option`,()=>`save: no direction "${e}", there are ${[...t.keys()].join(`, `)}`),r}))}#t(e){n(!this.#e.directions.has(e),`option`,()=>`direction "${e}" exists already; choose another name`)}#n(e){for(let{name:t}of e)this.#t(t);for(let t of e)this.#e.directions.set(t.name,t);return e.map(({name:e})=>e)}async#r({samples:r=512,seed:i=0,signal:a},o){let{engine:s,pictures:c}=this.#e,{state:l,architecture:u}=s.network;Bd(a),n(Number.isInteger(r)&&r>=1&&r<=Wd,`option`,()=>`samples is ${t(r)}, expected a whole number from 1 to ${Wd}`);let{styleDim:d}=u,f=new Float32Array(r*d);for(let t=0;t<r;t++){e(a);let n=await s.exclusive(async()=>{this.#e.current=void 0,s.write(l.z,vd(i+t,d)),s.write(l.psi,Float32Array.of(1)),o&&s.run(`unedited`,`untune`),s.run(`map`);let e=new Float32Array(await s.runtime.readback.bytes(s.buffers.of(l.base),4*d));if(f.set(e,t*d),o)return s.show(),c.capture()});if(n)try{await o?.(n)}finally{n.dispose()}}return{values:f,width:d}}};function Kd(e,t,r){let i=t.recordOffsets(e);for(let{network:t,layers:a=t.tunedLayers}of r){for(let e of a)n(t.tunedLayers.includes(e)&&i.has(e),`option`,()=>`layer ${e} is not tuned: choose some of ${t.tunedLayers.filter(e=>i.has(e)).join(`, `)}`);let{generator:r}=t,o=r.layers.filter(({index:e})=>a.includes(e));r.recordWeights(e,o,({index:e})=>i.get(e))}return i}var qd=class{name=`retuning`;plan=new da(/* @__PURE__ */ new Map);state={};graphs;constructor(e,t){let n=new E(`retune`);Kd(n,e,t),this.graphs=/* @__PURE__ */ new Map([[`retune`,n]])}};function Jd(e){let{hypernetwork:t}=e,n=new Set(t?.sharedLayers),r=ze(e);return(t?.tunedLayers??[]).filter(e=>!n.has(e)&&r[e]?.kind!==`rgb`)}var Yd=class e{name;network;#e;#t;#n=[];#r;constructor(e,t,n,r){this.name=e,this.network=t,this.#e=n,this.#t=r}static async mount(t,n,r,i={}){let{architecture:a,plan:o}=t.network;Xd({architecture:a,tensors:o.infos},r);let s=t.opened.facts,c=a.hypernetwork?.tunedLayers??[],l=new Mi(new da(r.tensors),{sizes:r.architecture,facts:s,tunedLayers:c}),u=await t.runtime.mount(l,r,i);return u.run(`storedNoise`),new e(n,l,t,u)}async retune(e=Jd(this.#e.network.architecture)){let{hypernetwork:t}=this.#e.network;if(this.#t.run(`untune`),t&&e.length!==0){if(!this.#r||e.join()!==this.#n.join()){let n=[{network:this.network,layers:e}],r=await this.#e.runtime.mount(new qd(t,n));this.#r?.dispose(),this.#r=r,this.#n=[...e]}this.#r.run(`retune`)}}show({latents:e,offset:t,styleOffset:n}){let{state:r}=this.network;this.#t.write(r.base,e),this.#t.write(r.offset,t),this.#t.write(r.styleOffset,n),this.#t.run(`style`,`demodulate`,`synthesize`)}read(){return this.#t.read(this.network.state.y)}dispose(){this.#r?.dispose(),this.#t.dispose()}};function Xd(e,{name:t,tensors:r,architecture:i}){let a=`a domain must be fine-tuned from the model's own generator`;for(let[i,{shape:o}]of r){if(!Js(i))continue;let r=e.tensors.get(i)?.shape;n(r?.join()===o.join(),`tensor`,()=>`${t}: tensor "${i}" has shape [${o}], this model's generator has ${r?`[${r}]`:`no such tensor`}; ${a}`)}n(i.size===e.architecture.size,`tensor`,()=>`${t}: makes pictures of ${i.size} px, this model's generator makes ${e.architecture.size}; ${a}`)}var Zd=class{#e;#t;#n=/* @__PURE__ */ new Map;constructor(e,t){this.#e=e,this.#t=t??/* @__PURE__ */ new Map}get names(){return[.../* @__PURE__ */ new Set([...this.#t.keys(),...this.#n.keys()])]}ensureFree(e){n(!this.names.includes(e),`option`,()=>`domain "${e}" exists already; choose another name`)}ensureKnown(e){n(this.names.includes(e),`option`,()=>this.#r(e))}#r(e){return`domain "${e}": ${this.names.length>0?`there are ${this.names.join(`, `)}`:`none was added`}`}async add(e,t){this.ensureFree(e),await this.#i(e,async()=>t)}async get(e){let t=this.#n.get(e);if(t)return t;let r=this.#t.get(e);return n(r,`option`,()=>this.#r(e)),this.#i(e,r)}#i(e,t){let n=this.#e,r=n.runtime.life.during(async r=>{let i=await t(r);return n.exclusive(()=>Yd.mount(n,e,i,{signal:r}))});return this.#n.set(e,r),r.catch(()=>this.#n.delete(e)),r}};const Qd=/^numpy\.(core|_core)\.multiarray\._reconstruct$/,$d=/^numpy\.(core|_core)\.numeric\._frombuffer$/,ef=[Qd,$d,/^numpy\.(core|_core)\.multiarray\.scalar$/,/^_codecs\.encode$/,/^numpy\.(dtype|ndarray)$/],tf=/* @__PURE__ */ new Map([[`f8`,`f64`],[`f4`,`f32`],[`f2`,`f16`],[`i8`,`i64`],[`i4`,`i32`],[`i2`,`i16`],[`i1`,`i8`],[`u1`,`u8`],[`b1`,`bool`]]),nf=(e,t)=>{let n=`${e}.${t}`;if(ef.some(e=>e.test(n)))return new z(n,e=>new B(n,e))};function rf(e){if(!(e instanceof B))return null;if($d.test(e.of)){let[t,n,r,i]=e.args;return{shape:V(r),dtype:n,fortran:i===`F`,data:t}}let t=V(e.state);if(!Qd.test(e.of)||!t)return null;let[n,r,i,a]=t.length===5?t.slice(1):t;return{shape:V(n),dtype:r,fortran:i===!0||i===1,data:a}}function af(e){let t=rf(e);return t&&Array.isArray(t.data)?t.data:null}async function of(e,t){let r=rf(t);if(!r||Array.isArray(r.data))return null;let i=sf(e,r.dtype),a=r.shape??[];n(a.every(e=>typeof e==`number`&&Number.isSafeInteger(e)&&e>=0)&&a.length<=16,`pickle`,()=>`${e}: an array has no readable shape; the file is corrupt: save it again`);let o=a,s=await cf(e,r.data),c=S(o)*$i[i];return n(s.length===c,`pickle`,()=>`${e}: an array [${o}] needs ${c} bytes, it has ${s.length}; the file is corrupt: save it again`),{shape:o,data:await na(e,{key:e,dtype:i,source:Vi(e,s),byteOffset:0,elements:S(o)},0,o,r.fortran?ta([...o].reverse()).reverse():ta(o)).read()}}function sf(e,t){let r=t instanceof B&&t.of===`numpy.dtype`?t.args[0]:void 0,i=t instanceof B?V(t.state)?.[1]:void 0,a=typeof r==`string`?tf.get(r):void 0;return n(a&&i!==`>`,`pickle`,()=>`${e}: arrays of element type ${typeof r==`string`?`"${i===`>`?`>`:``}${r}"`:`unknown`} are not read; save it as float32`),a}async function cf(e,t){if(t instanceof Xa)return t.source.read(t.offset,t.length);if(t instanceof B&&t.of===`_codecs.encode`){let[r,i]=t.args;return n(typeof r==`string`&&(i===`latin1`||i===`latin-1`),`pickle`,()=>`${e}: bytes in an unknown encoding; the file is corrupt: save it again`),Uint8Array.from(r,e=>e.charCodeAt(0))}if(typeof t==`string`)return Uint8Array.from(t,e=>e.charCodeAt(0));throw new i(`pickle`,`${e}: an array without bytes; the file is corrupt: save it again`)}const lf=[147,78,85,77,80,89],uf=/* @__PURE__ */ new Map([[`<f8`,`f64`],[`<f4`,`f32`],[`<f2`,`f16`],[`<i8`,`i64`],[`<i4`,`i32`],[`<i2`,`i16`],[`|i1`,`i8`],[`|u1`,`u8`],[`|b1`,`bool`]]);function df(e){return lf.every((t,n)=>e[n]===t)}async function ff(e){let{descr:t,fortran:r,shape:i,dataStart:a}=await pf(e);if(t===`|O`)return{kind:`objects`,shape:i,items:await mf(e,a,i)};let o=uf.get(t);n(o,`file`,()=>`${e.name}: element type "${t}" is not read, only ${[...uf.keys()].join(`, `)}; save it with .astype('<f4')`);let s=S(i),c=s*$i[o];return n(a+c===e.size,`file`,()=>`${e.name}: an array [${i}] of ${t} needs ${c} bytes, the file has ${e.size-a}; it is truncated: save it again`),{kind:`numbers`,tensor:na(`array`,{key:e.name,dtype:o,source:e,byteOffset:a,elements:s},0,i,r?ta([...i].reverse()).reverse():ta(i))}}async function pf(e){let t=t=>`${e.name}: ${t}; the file is no NumPy array or corrupt: save it again with numpy.save`,r=await e.read(0,Math.min(12,e.size));n(df(r)&&r.length===12,`file`,()=>t(`does not start like a .npy file`));let i=new DataView(r.buffer),a=i.getUint8(6);n(a>=1&&a<=3,`file`,()=>t(`has format version ${a}, known are 1 to 3`));let o=a===1?10:12,s=a===1?i.getUint16(8,!0):i.getUint32(8,!0);n(s<=1e4&&o+s<=e.size,`file`,()=>t(`announces a header of ${s} bytes in a file of ${e.size}`));let c=new TextDecoder().decode(await e.read(o,s)),l=/'descr'\s*:\s*'([^']*)'/.exec(c)?.[1],u=/'fortran_order'\s*:\s*(True|False)/.exec(c)?.[1],d=/'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(c)?.[1];n(l!==void 0&&u!==void 0&&d!==void 0,`file`,()=>t(`its header is "${c.trim().slice(0,80)}"`));let f=d.split(`,`).map(e=>e.trim().replace(/L$/,``)).filter(e=>e!==``).map(Number);return n(f.length<=16&&f.every(Number.isSafeInteger),`file`,()=>t(`its shape is (${d})`)),{descr:l,fortran:u===`True`,shape:f,dataStart:o+s}}async function mf(e,t,r){let{value:i}=await io(e,nf,t),a=af(i);return n(a&&a.length===S(r),`pickle`,()=>`${e.name}: an object array [${r}] holds ${a?.length??`no`} objects, expected ${S(r)}; the file is corrupt: save it again`),a}const hf=2**24;async function gf(e){let t=t=>`${e.name}: ${t}; expected {"NAME": [[layer, channel, amount], …], …} with numbers`;n(e.size<=hf,`file`,()=>t(`has ${e.size} bytes, above ${hf}`));let r=new TextDecoder().decode(await e.read(0,e.size));cs(r);let i;try{i=JSON.parse(r)}catch{i=void 0}return n(typeof i==`object`&&!!i&&!Array.isArray(i),`file`,()=>t(`is no JSON object`)),Object.entries(i).map(([e,r])=>(n(Array.isArray(r)&&r.length>0&&r.every(_f),`file`,()=>t(`"${e}" is no list of channels`)),{kind:`channels`,name:e,offsets:r}))}function _f(e){return Array.isArray(e)&&e.length===3&&e.every(e=>typeof e==`number`&&Number.isFinite(e))}const vf=.13;function yf({layers:e}){return e.filter(({kind:e})=>e!==`rgb`)}function bf(e,{effects:t,width:r,deviations:i},a,{name:o,beta:s=vf,movedLayers:c=11}){let l=yf(e).reduce((e,{inChannels:t})=>e+t,0);n(t.length===l*r,`tensor`,()=>`fs3.npy: has ${t.length/r} channels, this model's convolutions have ${l}; it was made for another generator`),n(a.length===r,`tensor`,()=>`phrase "${o}": Δi has ${a.length} numbers, fs3.npy's rows have ${r}; both must come from one CLIP`);let u=new Float32Array(l);for(let e=0;e<l;e++){let n=0;for(let i=0;i<r;i++)n+=(t[e*r+i]??0)*(a[i]??0);u[e]=n}return{kind:`global`,name:o,relevance:u,deviations:i,beta:s,movedLayers:c}}function xf(e,{name:t,relevance:r,deviations:i,beta:a,movedLayers:o},s=a){n(s>=0,`option`,()=>`edit "${t}": β is ${s}, expected a number from 0, such as ${vf}`);let c=r.map(e=>Math.abs(e)<s?0:e),l=c.reduce((e,t)=>Math.max(e,Math.abs(t)),0),u=new Float32Array(e.styleCount);if(l===0)return u;let d=0;for(let[t,{firstStyle:n,inChannels:r}]of yf(e).entries()){for(let e=0;e<r&&t<o;e++)u[n+e]=(c[d+e]??0)/l*(i[n+e]??0);d+=r}return u}function Sf(e,t,n,r,i){let a=`edit "${n.name}"`,{amount:o,rows:s}=r;Ge(a,o),s&&We(a,s,e),Cf(n,e);let{offset:c,styleOffset:l}=i;n.kind===`latent`?Tf(e,n,o,s,c):n.kind===`component`?Ef(e,t,n,o,s,c):n.kind===`channels`?Df(e,n,o,l):Of(l,xf(e,n,r.beta),o)}function Cf(e,t){let{latentCount:r,styleDim:i}=t,a=(t,r,i)=>{n(r===i,`tensor`,()=>`direction "${e.name}": ${t} ${r}, this model's is ${i}; it was made for another generator`)};if(e.kind===`latent`){let{vectors:t,values:n}=e;a(`latent width is`,n.length/t,i),t!==1&&a(`number of latent rows is`,t,r)}else if(e.kind===`component`)a(`latent width is`,e.component.length,i),a(`width of the mean is`,e.mean.length,i);else if(e.kind===`channels`)for(let[n,r,i]of e.offsets)wf(e.name,t,n,r,i);else a(`number of styles is`,e.deviations.length,t.styleCount);`rows`in e&&e.rows&&We(`direction "${e.name}"`,e.rows,t)}function wf(e,{layers:t},r,i,a){let o=t[r];n(o,`option`,()=>`direction "${e}": layer ${r}, expected 0 to ${t.length-1} in hypernetwork order`),n(Number.isInteger(i)&&i>=0&&i<o.inChannels,`option`,()=>`direction "${e}": channel ${i} of layer ${r}, which has channels 0 to ${o.inChannels-1}`),Ge(`direction "${e}", layer ${r}, channel ${i}`,a)}function Tf({styleDim:e,latentCount:t},{vectors:n,values:r,rows:i},a,o,s){let[c,l]=o??i??[0,t];for(let t=c;t<l;t++){let i=n===1?0:t*e;for(let n=0;n<e;n++){let o=t*e+n;s[o]=(s[o]??0)+a*(r[i+n]??0)}}}function Ef({styleDim:e,latentCount:t},n,{mean:r,component:i,sigma:a,rows:o},s,c,l){let u=0;for(let t=0;t<e;t++)u+=((n[t]??0)-(r[t]??0))*(i[t]??0);let d=s*a-u,[f,p]=c??o??[0,t];for(let t=f;t<p;t++)for(let n=0;n<e;n++){let r=t*e+n;l[r]=(l[r]??0)+d*(i[n]??0)}}function Df(e,{offsets:t},n,r){for(let[i,a,o]of t){let t=(e.layers[i]?.firstStyle??0)+a;r[t]=(r[t]??0)+n*o}}function Of(e,t,n){for(let r=0;r<e.length;r++)e[r]=(e[r]??0)+n*(t[r]??0)}async function kf(e,t){let{layers:r,styleCount:i}=t,{value:a}=await io(e,nf),o=V(V(a)?.[1]);n(o,`pickle`,()=>`${e.name}: expected [means, deviations], a list of arrays each; give StyleCLIP's S_mean_std itself`),n(o.length===r.length,`tensor`,()=>`${e.name}: has deviations of ${o.length} layers, this model has ${r.length}; it was made for another generator`);let s=new Float32Array(i);for(let{index:t,firstStyle:i,inChannels:a}of r){let r=await of(`${e.name}, layer ${t}`,o[t]);n(r?.data.length===a,`tensor`,()=>`${e.name}: layer ${t} has ${r?.data.length??`no`} deviations, this model's has ${a} channels; it was made for another generator`),s.set(r.data,i)}return s}const Af=2**24,[jf,Mf]=[/fs3[^/\\]*\.npy$/i,/S_mean_std[^/\\]*$/i];async function Nf(e,t){let r=await Ff(e,t),i=e.filter(({name:e})=>!jf.test(e)&&!Mf.test(e)),a=/* @__PURE__ */ new Map;for(let e of i)for(let i of await Lf(e,t,r)){let{name:e}=i;n(!a.has(e),`option`,()=>`direction "${e}" comes twice; rename one of the files`),Cf(i,t),a.set(e,i)}return n(!r||[...a.values()].some(({kind:e})=>e===`global`),`file`,`fs3.npy and S_mean_std came without a phrase: add a file of Δi, the unit difference of two texts in CLIP, one vector a phrase`),a}function Pf(e){let t=e.replace(/^.*[\\/]/,``).split(`.`);return(t.length>1?t.at(-2):t[0])||e}async function Ff(e,t){let[r,i]=[jf,Mf].map(t=>e.find(({name:e})=>t.test(e)));if(!r&&!i)return;n(r&&i,`file`,()=>`${(r??i)?.name}: StyleCLIP needs fs3.npy and S_mean_std together; give the other one too`);let a=await zf(r);n(a.shape.length===2,`tensor`,()=>`${r.name}: has shape [${a.shape}], expected [channels, width]`);let[,o=0]=a.shape,s=await kf(i,t);return(e,{shape:n,data:r})=>If(n)===o&&o!==t.styleDim?bf(t,{effects:a.data,width:o,deviations:s},r,{name:e}):void 0}function If(e){return e.length>0&&e.slice(0,-1).every(e=>e===1)?e.at(-1):void 0}async function Lf(e,t,r){let i=(n,i)=>r?.(n,i)??Bf(n,e.name,i,t),a=await e.read(0,Math.min(e.size,32));if(df(a))return[i(Pf(e.name),await zf(e))];if(/\.json$/i.test(e.name))return gf(e);let{tensors:o,metadata:s}=await Rf(e,a);if(cd(s))return ld(e.name,o,s);let c=async t=>{let r=o.get(t),i=r?.shape??[];return n(r&&S(i)<=Af,`file`,()=>`${e.name}: tensor "${t}" [${i}] is no direction; give files of directions, not models`),{shape:i,data:await r.read()}};if([`comp`,`mean`,`std`].every(e=>o.has(e)))return Vf(e.name,await c(`comp`),await c(`mean`),await c(`std`));let l=[];for(let t of o.keys()){let n=t===`tensor`?Pf(e.name):t;l.push(i(n,await c(t)))}return l}async function Rf(e,t){return t[8]===123?hs(e):{tensors:(await Xs(e)).tensors,metadata:{}}}async function zf(e){let t=await ff(e);return n(t.kind===`numbers`,`file`,()=>`${e.name}: holds Python objects, expected one array of numbers; give a file of directions`),{shape:t.tensor.shape,data:await t.tensor.read()}}function Bf(e,t,{shape:r,data:i},{styleDim:a,latentCount:o}){let s=r.filter((e,t)=>e!==1||t===r.length-1),[c,l]=s.length===1?[1,s[0]]:[s[0]??0,s[1]];return n(s.length<=2&&l===a&&(c===1||c===o),`tensor`,()=>`${t}: direction "${e}" has shape [${r}], this model's latents are [${o}, ${a}], so [1, ${a}] or [${o}, ${a}] is expected; it was made for another generator`),{kind:`latent`,name:e,vectors:c,values:i}}function Vf(e,t,r,i){let a=i.data.length,o=r.data.length;return n(t.data.length===a*o,`tensor`,()=>`${e}: comp [${t.shape}] does not fit std [${i.shape}] and mean [${r.shape}], expected [${a}, 1, ${o}]`),Array.from({length:a},(n,a)=>({kind:`component`,name:`${Pf(e)}.${a}`,mean:r.data,component:t.data.slice(a*o,(a+1)*o),sigma:i.data[a]??1}))}function Hf(e){if(typeof File<`u`&&e instanceof File)return Hi(e);let r=typeof e==`object`&&!!e&&`read`in e&&`size`in e;return n(r,`option`,()=>`a file is ${t(e)}, expected a File or a source of bytes`),e}async function Uf(e,r,i){n(Array.isArray(e),`option`,()=>`addDirections got ${t(e)}, expected a list of files`);let a=await Nf(e.map(Hf),r);for(let e of a.keys())n(!i.has(e),`option`,()=>`direction "${e}" exists already; rename the file`);return a}async function Wf(e){return typeof e==`string`||e instanceof URL?Rl(e):Array.isArray(e)?Rl(e.map(Hf)):Ru(await Xs(Hf(e)),null)}var Gf=class{storage;dtype;elements;shape;strides;offset;constructor(e,t,n,r,i,a=0){this.storage=e,this.dtype=t,this.elements=n,this.shape=r,this.strides=i,this.offset=a}},Kf=class{attributes;constructor(e){this.attributes=e}},qf=class{items;constructor(...e){this.items=e}},Jf=class{module;name;args;state;constructor(e,t,n,r){this.module=e,this.name=t,this.args=n,this.state=r}};const Yf={f32:`FloatStorage`,i64:`LongStorage`},K={proto:``,stop:`.`,mark:`(`,tuple:`t`,reduce:`R`,build:`b`,newObject:``};function Xf(e,t=2){let n=new Zf;return n.ops(`${K.proto}${String.fromCharCode(t)}`),n.value(e),n.ops(K.stop),n.finish()}var Zf=class{#e=[];ops(e){this.#e.push(Uint8Array.from(e,e=>e.charCodeAt(0)))}finish(){return rd(this.#e)}value(e){e===null?this.ops(`N`):typeof e==`boolean`?this.ops(e?``:``):typeof e==`number`?this.#n(e):typeof e==`string`?this.#r(e):e instanceof Uint8Array?this.#c(e):e instanceof qf?this.#s(e.items):e instanceof Jf?this.#l(e):e instanceof Gf?this.#d(e):e instanceof Kf?this.#u(e):e instanceof Map?this.#a(e):Array.isArray(e)?this.#o(e):this.#i(Object.entries(e),`}`)}#t(e,t,n){this.ops(e);let r=new DataView(new ArrayBuffer(n));t(r),this.#e.push(new Uint8Array(r.buffer))}#n(e){Number.isInteger(e)&&Math.abs(e)<2**31?this.#t(`J`,t=>t.setInt32(0,e,!0),4):this.#t(`G`,t=>t.setFloat64(0,e,!1),8)}#r(e){let t=new TextEncoder().encode(e);this.#t(`X`,e=>e.setUint32(0,t.length,!0),4),this.#e.push(t)}#i(e,t){this.ops(`${t}(`);for(let[t,n]of e)this.#r(t),this.value(n);this.ops(`u`)}#a(e){this.#i(e,`ccollections
OrderedDict
)R`)}#o(e){this.ops(`](`);for(let t of e)this.value(t);this.ops(`e`)}#s(e){this.ops(K.mark);for(let t of e)this.value(t);this.ops(K.tuple)}#c(e){this.#t(`B`,t=>t.setUint32(0,e.length,!0),4),this.#e.push(e)}#l({module:e,name:t,args:n,state:r}){this.ops(`c${e}\n${t}\n`),n&&(this.#s(n.items),this.ops(K.reduce),r!==void 0&&(this.value(r),this.ops(K.build)))}#u({attributes:e}){this.ops(`cargparse\nNamespace\n)${K.newObject}`),this.#i(Object.entries(e),`}`),this.ops(K.build)}#d(e){this.ops(`ctorch._utils
_rebuild_tensor_v2
((`),this.#r(`storage`),this.ops(`ctorch\n${Yf[e.dtype]}\n`),this.#r(e.storage),this.#r(`cpu`),this.#n(e.elements),this.ops(`${K.tuple}Q`),this.#n(e.offset),this.#s(e.shape),this.#s(e.strides),this.ops(`\x89ccollections\nOrderedDict\n)${K.reduce}${K.tuple}${K.reduce}`)}};function Qf(e,t){n(t.length===S(e),`tensor`,()=>`an object array [${e}] of ${t.length} objects: expected ${S(e)}`);let r=new qf(1,new qf(...e),ip(`O8`,`|`,63),!1,t.map(tp));return rd([ep(`|O`,e),Xf(rp(r),3)])}function $f({shape:e,data:t}){n(t.length===S(e),`tensor`,()=>`an array [${e}] of ${t.length} numbers: expected ${S(e)}`)}function ep(e,t){let n=`{'descr': '${e}', 'fortran_order': False, 'shape': (${t.length===1?`${t[0]},`:t.join(`, `)}), }`,r=Math.ceil((10+n.length+1)/64)*64-10,i=new TextEncoder().encode(`\0NUMPY\x01\0\0\0${n.padEnd(r-1)}\n`);return i[0]=147,new DataView(i.buffer).setUint16(8,r,!0),i}function tp(e){return e===null?null:e instanceof Map?Object.fromEntries([...e].map(([e,t])=>[e,np(t)])):np(e)}function np(e){return $f(e),rp(new qf(1,new qf(...e.shape),ip(`f4`,`<`,0),!1,id(e.data)))}function rp(e){return new Jf(`numpy.core.multiarray`,`_reconstruct`,new qf(new Jf(`numpy`,`ndarray`),new qf(0),Uint8Array.of(98)),e)}function ip(e,t,n){let r=new qf(3,t,null,null,null,-1,-1,n);return new Jf(`numpy`,`dtype`,new qf(e,!1,!0),r)}async function ap(e,t){let r=await ff(e),i=r.kind===`objects`?r.items[0]:void 0;n(i instanceof R,`file`,()=>`${e.name}: holds no dict of latents; give the latents.npy that HyperStyle's inference script wrote`);let a=/* @__PURE__ */ new Map;for(let[r,o]of i.entries){let i=String(r),s=await of(`${e.name}, "${i}"`,o);n(s,`file`,()=>`${e.name}: "${i}" is no array; save the latents again`),Ke(`${e.name}, "${i}"`,s.data,t),a.set(i,s.data)}return a}function op(e,t){let n=[t.latentCount,t.styleDim],r=[...e].map(([e,r])=>(Ke(`"${e}"`,r,t),[e,{shape:n,data:r}]));return Qf([],[new Map(r)])}async function sp(e,t){let r=await ff(e);n(r.kind===`objects`&&r.shape.length===1,`file`,()=>`${e.name}: holds no list of offsets; give a file of HyperStyle's weight_deltas folder`);let{items:i}=r;n(i.length===t.layers.length,`tensor`,()=>`${e.name}: has offsets of ${i.length} layers, this model has ${t.layers.length}; it was made for another generator`);let a=[];for(let[r,o]of i.entries()){let i=await of(`${e.name}, layer ${r}`,o);n(i||o===null,`file`,()=>`${e.name}: layer ${r} is no array and not None`),i&&up(e.name,t,r,i),a.push(i)}return a}function cp(e,t){return n(e.length===t.layers.length,`tensor`,()=>`offsets of ${e.length} layers, this model has ${t.layers.length}`),e.forEach((e,n)=>{e&&up(`weight deltas`,t,n,e)}),Qf([e.length],e)}function lp({layers:e},t){let n=e[t],r=n?.kind===`rgb`?1:3;return[n?.outChannels??0,n?.inChannels??0,r,r]}function up(e,t,r,{shape:i,data:a}){let o=lp(t,r);n(i.length===4&&i.every((e,t)=>e===o[t])&&a.length===S(o),`tensor`,()=>`${e}: layer ${r} has shape [${i}], this model's is [${o}]; it was made for another generator`)}const dp=[1,3,3,1];function fp(){return Float32Array.from({length:16},(e,t)=>(dp[t>>2]??0)*(dp[t&3]??0)/16)}async function pp(e,t,n,r){let i=/* @__PURE__ */ new Map,a=/* @__PURE__ */ new Map;for(let{name:e,shape:n,dtype:r=`f32`,aliasOf:o=e}of t){let t=i.get(o)??String(i.size);i.set(o,t),a.set(e,new Gf(t,r,S(n),n,ta(n)))}await e.add(`archive/data.pkl`,[Xf(n(a))]);for(let n of t)n.aliasOf===void 0&&await e.add(`archive/data/${i.get(n.name)}`,r(n));await e.add(`archive/version`,[new TextEncoder().encode(`3
`)])}const mp=2**32-2;var hp=class{#e;#t=[];#n=0;constructor(e){this.#e=e}async add(e,t){let n={name:new TextEncoder().encode(e),localOffset:this.#n},r=-(this.#n+30+n.name.length+4)&63;await this.#r(gp(67324752,n.name,{crc:0,size:0,extra:r+4})),await this.#r(n.name),await this.#r(Uint8Array.from({length:r+4},(e,t)=>[70,66,r&255,r>>8][t]??90));let[i,a]=[0,0];for(let e of t)i=Ss(e,i),a+=e.length,await this.#r(e);await this.#e.patch(n.localOffset,gp(67324752,n.name,{crc:i,size:a,extra:r+4})),this.#t.push({...n,crc:i,size:a})}async finish(){let e=this.#n;for(let{name:e,crc:t,size:n,localOffset:r}of this.#t)await this.#r(_p(e,t,n,r)),await this.#r(e);let t=/* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(22));t.setUint32(0,101010256,!0),t.setUint16(8,this.#t.length,!0),t.setUint16(10,this.#t.length,!0),t.setUint32(12,this.#n-e,!0),t.setUint32(16,e,!0),await this.#r(new Uint8Array(t.buffer))}async#r(e){this.#n+=e.length,n(this.#n<mp,`file`,()=>`a zip archive of ${this.#n} bytes is too large to write, at most ${mp}; choose a smaller domain`),await this.#e.append(e)}};function gp(e,t,{crc:n,size:r,extra:i}){let a=/* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(30));return a.setUint32(0,e,!0),a.setUint16(4,20,!0),a.setUint16(12,33,!0),a.setUint32(14,n,!0),a.setUint32(18,r,!0),a.setUint32(22,r,!0),a.setUint16(26,t.length,!0),a.setUint16(28,i,!0),new Uint8Array(a.buffer)}function _p(e,t,n,r){let i=/* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(46));return i.setUint32(0,33639248,!0),i.setUint16(4,20,!0),i.setUint16(6,20,!0),i.setUint16(14,33,!0),i.setUint32(16,t,!0),i.setUint32(20,n,!0),i.setUint32(24,n,!0),i.setUint16(28,e.length,!0),i.setUint32(42,r,!0),new Uint8Array(i.buffer)}async function vp(e){let t=[],n=[],r=0,i=new hp({append:async e=>{t.push(e),n.push(r),r+=e.length},patch:async(e,r)=>{t[n.lastIndexOf(e)]=r}});return await e(i),await i.finish(),rd(t)}function yp(e,t){let r={name:qs,shape:[e.latentCount,e.styleDim],role:`mean`},i=[...cu(e),...t.has(`latent_avg`)?[r]:[]],a=({name:e,shape:r,role:i})=>{let a=i===`filter`?fp():t.get(e),o=S(r);return n(a?.length===o,`tensor`,()=>`generator: "${e}" has ${a?.length??`no`} values, its shape [${r}] needs ${o}`),[id(a)]};return vp(e=>pp(e,i,e=>({g_ema:new Map([...e].flatMap(([e,t])=>e===`latent_avg`?[]:[[e.slice(8),t]])),...t.has(`latent_avg`)?{[qs]:e.get(`latent_avg`)??null}:{}}),a))}var bp=class{name=`given offsets`;plan=new da(/* @__PURE__ */ new Map);graphs;state;constructor({generator:e},t){let n=e.layers.filter(({index:e})=>t.includes(e)),r=new Map(n.map(({index:e,kind:t,inChannels:n,outChannels:r})=>{let i=t===`rgb`?1:9;return[e,w(`given ΣΔ ${e}`,[r*n*i])]})),i=new E(`retune`);e.recordWeights(i,n,({index:e,kind:t})=>{let n=r.get(e);return n&&{delta:L(n),taps:t===`rgb`?1:3}}),this.graphs=/* @__PURE__ */ new Map([[`retune`,i]]),this.state=Object.fromEntries([...r].map(([e,t])=>[String(e),t]))}},xp=class{name=`offsets`;plan=new da(/* @__PURE__ */ new Map);state={};graphs;deltas;constructor(e){let t=new at(`offsets`);this.deltas=e.recordOffsets(t),this.graphs=/* @__PURE__ */ new Map([[`offsets`,t]])}};async function Sp({network:e,runtime:t}){let n=/* @__PURE__ */ new Map;if(!e.hypernetwork)return n;let r=new xp(e.hypernetwork),i=await t.mount(r);try{i.run(`offsets`);for(let[t,{delta:a,taps:o}]of r.deltas){let r=e.generator.generator.layers[t];if(!r)continue;let s=await i.read(a.tensor),c=r.inChannels*r.outChannels*o**2,l=r.kind===`rgb`?1:9;n.set(t,Cp(s.subarray(a.offset,a.offset+c),o**2,l))}}finally{i.dispose()}return n}function Cp(e,t,n){return t===n?Float32Array.from(e):Float32Array.from({length:e.length*n},(t,r)=>e[Math.floor(r/n)]??0)}function wp(e,r,i){return G(`edit`,e),Object.entries(e).map(([e,a])=>{let o=`edit "${e}"`,s=r.get(e);n(s,`option`,()=>`${o}: this model has ${r.size>0?[...r.keys()].join(`, `):`no directions`}`);let{amount:c,layers:l,beta:u}=typeof a==`object`&&a?a:{amount:a};if(n(typeof c==`number`&&Number.isFinite(c),`option`,()=>`${o}: the amount is ${t(c)}, expected a number, about -3 to 3`),l===void 0)return{direction:s,amount:c,beta:u};let[d=NaN,f=NaN]=Array.isArray(l)?l:[];return n(Number.isInteger(d)&&Number.isInteger(f)&&d>=0&&d<f&&f<=i,`option`,()=>`${o}: layers are ${Array.isArray(l)?`${d} to ${f}`:t(l)}, expected whole numbers with 0 ≤ from < to ≤ ${i}`),{direction:s,amount:c,beta:u,rows:[d,f]}})}function Tp(e,t,n,r=/* @__PURE__ */ new Float32Array){let i=Ue(e);for(let{direction:a,...o}of wp(n,t,e.latentCount))Sf(e,r,a,o,i);return i}function Ep(e,t){return G(`edit`,t),Object.keys(t).some(t=>e.get(t)?.kind===`component`)}function Dp(e,t,n){if(!t)return 0;let r=e.findIndex((e,n)=>e!==t[n]);return Math.floor((r<0?e.length:r)/n)}const Op=/^hypernet\.(shared_weight_hypernet\.w2|refinement_blocks\.\d+\.output\.\d+\.weight)$/;function kp(e,t){return t===`f32`||e.shape.filter(e=>e>1).length<2||e.name===`latent_avg`?`f32`:t===`int8`&&Op.test(e.name)?`i8`:`f16`}function Ap(e,t){let n=e.length/t,r=new Float32Array(t);for(let i=0;i<t;i++){let t=0;for(let r=i*n;r<(i+1)*n;r++){let n=Math.abs(e[r]);n>t&&(t=n)}r[i]=t/127}return r}function jp(e,t){let n=e.length/t.length,r=new Int8Array(e.length);return t.forEach((t,i)=>{if(t!==0)for(let a=i*n;a<(i+1)*n;a++)r[a]=Math.max(-127,Math.min(127,Math.round(e[a]/t)))}),r}function Mp(e,t,r){for(let i of[`architecture`,`latents`,`hypernetwork`])n(t[i]===r[i],`model`,()=>`${e}: made with "${t.model}" (${i} ${t[i]??`not said`}), this model's is ${r[i]}; load the model it was made with`)}function Np(e){let t=e.hypernetwork;return[e.size,e.styleDim,e.latentCount,t?.tunedLayers.join(`.`),t?.separable].join(` `)}var Pp=class{source;#e;#t=/* @__PURE__ */ new Map;#n=/* @__PURE__ */ new Map;constructor(e){this.#e=e.architecture;let{tensors:t}=e;this.source={...e,stream:(n,r)=>e.stream(async(e,r,i)=>{Fp(e,t)&&await this.#r(e,r,i),await n(e,r,i)},r)}}async mark(){let e=[...this.#n].filter(([e])=>e!==qs).sort(([e],[t])=>e<t?-1:1),t=new TextEncoder().encode(e.map(e=>e.join(` `)).join(`
`));return{architecture:Np(this.#e),latents:(this.#n.get(`latent_avg`)??await Pc(/* @__PURE__ */ new Uint8Array)).slice(0,16),hypernetwork:(await Pc(t)).slice(0,16)}}async#r(e,t,n){let r=S(e.shape)*qe[e.dtype],i=this.#t.get(e.name)??{bytes:new Uint8Array(r),missing:r};this.#t.set(e.name,i),i.bytes.set(t,n*Ii(e)),i.missing-=t.byteLength,i.missing>0||(this.#t.delete(e.name),this.#n.set(e.name,await Pc(i.bytes)))}};function Fp(e,t){return e.name===`latent_avg`?!0:!e.name.startsWith(`hypernet.`)||kp(e,`int8`)!==`f32`?!1:!(e.name.endsWith(`.scale`)&&t.has(e.name.slice(0,-6)))}const Ip=`hyperstyle-identity`,Lp=`hyperstyle-pivot`;async function Rp(e){try{let{metadata:t}=await ms(Vi(`person`,e));return t.format===`hyperstyle-identity`?`inverted`:t.format===`hyperstyle-pivot`?`tuned`:null}catch(e){if(e instanceof i)return null;throw e}}const zp=/* @__PURE__ */ new Map([[Ip,`it is an inverted person: pass it to restore()`],[Lp,`it is a tuned person: pass it to restorePivot()`]]);function Bp({name:e,mark:t},{format:n,steps:r},i){return rd([bs(i,{format:n,model:e,...t,steps:String(r)}),...i.map(({data:e})=>id(e))])}async function Vp(e,t,{format:r,mark:i,origin:a}){let{tensors:o,metadata:s}=await hs(Vi(t,e));n(s.format===r,`file`,()=>{let e=zp.get(s.format??``)??`choose a file that ${a} made`;return`${t}: format is "${s.format}", expected "${r}"; ${e}`}),Mp(t,s,i);let c=Number(s.steps??NaN);return n(Number.isInteger(c)&&c>=0,`file`,()=>`${t}: steps is "${s.steps}", expected a whole number; save it again`),{steps:c,tensors:o}}const Hp=[`f32`,`f16`];function Up(e){let r=t(e);return n(r===`Uint8Array`||r===`ArrayBuffer`,`option`,()=>`the identity is ${r}, expected the Uint8Array that identity() gave (of a File: await file.arrayBuffer())`),Uint8Array.from(r===`ArrayBuffer`?new Uint8Array(e):e)}function Wp(e){return new Map([[`codes`,e.state.base],...e.sums.map(e=>[e.name,e])])}function Gp({sums:e},t){return Array.from({length:t},(t,n)=>e.map(e=>[`${e.name} after step ${n+1}`,e])).flat()}function Kp(e,t){return e.every((n,r)=>n===e[r%t])?e.subarray(0,t):e}function qp(e,t,n,i,{dtype:a=`f32`,history:o=!0}={}){r(`dtype`,a,Hp);let{styleDim:s}=e.architecture,c=[Kp(i.base,s),...i.sums,...o?(i.history??[]).flat():[]],l=[...Wp(e),...o?Gp(e,i.history?.length??0):[]].map(([e,{shape:t}],n)=>{let r=c[n]??/* @__PURE__ */ new Float32Array;Jp(e,r,`device`,`the GPU computed nonsense: update its driver, then invert the photo again`);let i=a===`f16`&&r.every(e=>Math.abs(e)<=65504);return{name:e,shape:n===0?[r.length/s,s]:t,dtype:i?`f16`:`f32`,data:i?Yi(r):r}});return Bp({name:t,mark:n},{format:Ip,steps:i.steps},l)}function Jp(e,t,r,i){n(t.every(Number.isFinite),r,()=>`identity: "${e}" holds ${t.find(e=>!Number.isFinite(e))}: ${i}`)}async function Yp(e,t,r){let{tensors:i,steps:a}=await Vp(r,`identity`,{format:Ip,mark:t,origin:`identity()`}),{styleDim:o}=e.architecture,s=async(t,r)=>{let a=await i.get(t)?.read()??/* @__PURE__ */ new Float32Array,s=S(r.shape),c=r===e.state.base&&a.length===o;return n(c||a.length===s,`file`,()=>`identity: tensor "${t}" has ${a.length} values, expected ${s}; save it again`),Jp(t,a,`file`,`the file is damaged; save it again`),c?Float32Array.from({length:s},(e,t)=>a[t%o]??0):a},[c,...l]=await Promise.all([...Wp(e)].map(([e,t])=>s(e,t))),u=[];for(let t=1;t<a;t++){let n=Gp(e,t).slice(-e.sums.length);if(n.some(([e])=>!i.has(e)))break;u.push(await Promise.all(n.map(([e,t])=>s(e,t))))}return{base:c??/* @__PURE__ */ new Float32Array,sums:l,steps:a,...u.length>0&&{history:u}}}function Xp(e,r){let{base:i,sums:a,steps:o}=r,s=[...Wp(e)].map(([e,{shape:r}],o)=>{let s=o===0?i:a[o-1];return n(s instanceof Float32Array&&s.length===S(r),`option`,()=>`a person's "${e}" is ${t(s)}, expected ${S(r)} numbers [${r.join(`, `)}]`),n(s.every(Number.isFinite),`option`,()=>`a person's "${e}" holds ${s.find(e=>!Number.isFinite(e))}: every number must be finite`),s.slice()});n(Number.isInteger(o)&&o>=0,`option`,()=>`a person's steps is ${t(o)}, expected a whole number`);let[c=/* @__PURE__ */ new Float32Array,...l]=s,u=(r.history??[]).map((r,i)=>e.sums.map((e,a)=>{let o=r[a];return n(o instanceof Float32Array&&o.length===S(e.shape)&&o.every(Number.isFinite),`option`,()=>`a person's "${e.name}" after step ${i+1} is ${t(o)}, expected ${S(e.shape)} finite numbers`),o.slice()}));return{base:c,sums:l,steps:o,...u.length>0&&{history:u}}}function Zp(e){return typeof e==`object`&&!!e&&`base`in e&&`sums`in e&&Array.isArray(e.sums)}const Qp={};function $p({state:e,hypernetwork:r},i){G(`show`,i);let{offset:a,styleOffset:o,strength:s=1}=i,c=typeof s==`function`?s:()=>s,l=new Map((r?.weightLayers??[]).map(e=>[e,c(e)]));for(let[e,r]of l)n(typeof r==`number`&&Number.isFinite(r),`option`,()=>`strength of layer ${e} is ${t(r)}, expected a number, usually 0 to 1.5`);return{offset:em(`offset`,a,e.offset),styleOffset:em(`styleOffset`,o,e.styleOffset),strength:e=>l.get(e)??1,step:i.step,strengths:[...l.values()]}}function em(e,r,i){let a=S(i.shape);return r===void 0?new Float32Array(a):(n(r instanceof Float32Array&&r.length===a,`option`,()=>`${e} is ${t(r)}, expected a Float32Array of ${a} numbers [${i.shape.join(`, `)}]`),n(r.every(Number.isFinite),`option`,()=>`${e} holds ${r.find(e=>!Number.isFinite(e))}: every number must be finite`),r.slice())}function tm(e,t){return e.step===t.step&&e.strengths.every((e,n)=>e===t.strengths[n])}function nm({sizes:e,generator:t},n,r){let i=Dp(n.offset,r.offset,e.styleDim),a=n.styleOffset.findIndex((e,t)=>e!==r.styleOffset[t]);if(a<0)return i;let o=t.styleOffsets().map((e,n)=>e+(t.layers[n]?.inChannels??0)),s=t.layers.filter((e,t)=>(o[t]??0)>a);return Math.min(i,...s.map(({latentIndex:e})=>e))}async function rm(e,t,r,i){n(t,`option`,`this inversion has no place in a photo: invert with align: 'auto', 'centre' or a square`);let[a,{pasteFace:o}]=await Promise.all([e.toImageData(),import(`./face-finder-CNnUfNUY.js`)]);return o(r,a,t,i)}function im(e,{steps:r,earlier:i}){return e===void 0?r:(n(Number.isInteger(e)&&e>=0&&e<=r,`option`,()=>`step is ${t(e)}, expected a whole number from 0 to ${r}, the steps of this inversion`),n(e===0||e===r||e<=i,`option`,()=>`step ${e} was not kept of this person (only 0 and ${r}): invert the photo with steps: ${e}`),e)}function am({sums:e},t){return{base:t,sums:e.map(({shape:e})=>new Float32Array(S(e))),steps:0}}function om(e,t){let n=im(t,{steps:e.steps,earlier:e.history?.length??0});if(n===e.steps)return e;let r=e.history?.[n-1]??e.sums.map(({length:e})=>new Float32Array(e));return{base:e.base,sums:r,steps:n,history:e.history?.slice(0,Math.max(0,n-1))}}var q=class e{steps;cut;#e;#t;#n;#r;#i;#a;#o;restyled;#s=!1;constructor(e,t,{stepCount:n,state:r,given:i}){this.#e=e,this.steps=t,this.#t=r,this.#n=n,this.#r=i}static of(t,n,r){let i=new e(t,n,r);return t.current=i,i.#a=$p(t.engine.network,Qp),i}static ensureOf({mark:r},i,a){n(a instanceof e,`option`,()=>`${i} is ${t(a)}, expected an inversion of this model`);let{modelName:o,mark:s}=a.#e;Mp(i,{model:o,...s},r)}get width(){return this.#e.pictures.width}get height(){return this.#e.pictures.height}get picture(){let e=this.#i??this.steps.at(-1)?.picture;return this.#c(),n(e,`option`,`this inversion has no picture: invert the photo again`),e}#c(){n(!this.#s,`option`,`this inversion was disposed of: invert the photo again`)}draw(e){this.picture.draw(e)}toImageData(){return this.picture.toImageData()}pasteInto(e,t={}){return rm(this,this.cut,e,t)}async edit(e,t={}){G(`edit`,t);let{space:n,directions:r}=this.#e,i=xe(n.layers,t.strength),a=Tp(n,r,e,Ep(r,e)?(await this.values()).base:void 0);await this.show({...a,strength:e=>i[e]??1,step:t.step})}async in(e,t={}){G(`in`,t);let{engine:n,pictures:r,domains:i,directions:a,space:o}=this.#e,{strength:s,edits:c={},layers:l,latents:u=this.restyled}=t,d=this.#d(t.step);this.#f(`in`);let f=await i.get(e);u&&Ke(`latents for domain "${e}"`,u,o);let p=xe(o.layers,s),m=u??(await this.values()).base,h=Tp(o,a,c,m);return n.exclusive(async()=>{this.#c(),this.#e.current=void 0,n.activate([{sums:this.#t.sumsAt(d),weight:e=>p[e]??1}]),await f.retune(d>0?l:[]),f.show({latents:m,...h});let{y:e}=n.network.state;return n.runtime.copy(n.buffers.of(f.network.state.y),n.buffers.of(e),C(e)),r.capture()})}async show(e){let{engine:t,pictures:n}=this.#e,r=$p(t.network,e);this.#d(r.step),await t.exclusive(async()=>{this.#l(r);let e=await n.capture();this.#i?.dispose(),this.#i=e,this.#s&&(e.dispose(),this.#c())})}#l(e){this.#c();let t=this.#e,{engine:n}=t,{state:r,generator:i}=n.network,a=t.current===this?this.#a:void 0;this.#a=void 0,t.current=this,a||this.#t.restoreLatents();let o=a!==void 0&&tm(e,a);o||this.#u(e),n.write(r.offset,e.offset),n.write(r.styleOffset,e.styleOffset),n.show(o?nm(i,e,a):0),this.#a=e}#u({strength:e,step:t}){let{engine:n,given:r}=this.#e,i=this.#d(t);if(this.#r&&r){n.run(`untune`);for(let[t,n]of Object.entries(r.network.state)){let a=i>0?e(Number(t)):0,o=this.#r.get(Number(t))?.map(e=>a*e);r.write(n,o??new Float32Array(S(n.shape)))}r.run(`retune`)}else n.activate([{sums:this.#t.sumsAt(i),weight:e}]),n.run(i>0?`retune`:`untune`)}#d(e){return im(e,{steps:this.#n,earlier:this.#t.earlier})}#f(e){n(!this.#r,`option`,()=>`${e}: this person's offsets were imported and have no codes: invert the photo with this model`)}async weightOffsets(e={}){G(`weightOffsets`,e);let{engine:t,space:n}=this.#e,r=xe(n.layers,e.strength),i=this.#d(e.step);return i===0?/* @__PURE__ */ new Map:this.#r?new Map([...this.#r].map(([e,t])=>[e,t.map(t=>t*(r[e]??1))])):t.exclusive(async()=>(this.#c(),this.#e.current=void 0,t.activate([{sums:this.#t.sumsAt(i),weight:e=>r[e]??1}]),Sp(t)))}values(){return this.#o??=this.#p().catch(e=>{throw this.#o=void 0,e}),this.#o.then(e=>(this.#c(),e))}async#p(){return this.#e.engine.exclusive(async()=>(this.#c(),this.#t.read(()=>this.#c())))}async identity(e={}){G(`identity`,e);let{engine:t,modelName:n,mark:r}=this.#e;return this.#f(`identity`),qp(t.network,n,r,await this.values(),e)}dispose(){if(!this.#s){this.#s=!0;for(let{picture:e}of this.steps)e.dispose();this.#i?.dispose(),this.#t.giveUp(),this.#e.current===this&&(this.#e.current=void 0)}}[Symbol.dispose](){this.dispose()}},sm=class e{#e;#t;#n;earlier;#r;constructor(e,t,n,r){this.#e=e,this.#t=e.engine,this.#n=t,this.earlier=n,this.#r=r}static async take(t,{steps:n,earlier:r}){let{engine:i,spareState:a}=t,{network:o}=i;t.spareState=void 0;let s=o.architecture.hypernetwork?.separable?0:Math.max(0,r),c=s+1;if(a&&a.rows>=c)return new e(t,n,s,a);a&&i.buffers.release(a.buffers);let{base:l}=o.state,u=await i.buffers.create([{label:`kept ${l.name}`,bytes:C(l)},...o.sums.map(e=>({label:`kept ${e.name}`,bytes:c*C(e)}))]);return new e(t,n,s,{buffers:u,rows:c})}get#i(){return this.#r.buffers[0]}#a(e){return e===this.#n?this.earlier:e>=1&&e<=this.earlier?e-1:void 0}keepLatents(){let{base:e}=this.#t.network.state;this.#i&&this.#t.runtime.copy(this.#t.buffers.of(e),this.#i,C(e))}keepSums(e){let t=this.#a(e);t!==void 0&&this.#t.network.sums.forEach((e,n)=>{let r=this.#r.buffers[1+n],i=C(e);r&&this.#t.runtime.copy(this.#t.buffers.of(e),r,i,{to:t*i})})}writeEarlier(e){let{device:t,network:n}=this.#t;for(let[r,i]of e.slice(0,this.earlier).entries())n.sums.forEach((e,n)=>{let a=this.#r.buffers[1+n],o=i[n];a&&o&&t.queue.writeBuffer(a,r*C(e),Float32Array.from(o))})}restoreLatents(){let{base:e}=this.#t.network.state;this.#i&&this.#t.runtime.copy(this.#i,this.#t.buffers.of(e),C(e))}sumsAt(e){let t=this.#a(e)??this.earlier;return this.#t.network.sums.flatMap((e,n)=>{let r=this.#r.buffers[1+n];return r?[{buffer:r,offset:t*C(e)}]:[]})}async read(e){let{network:t,runtime:n}=this.#t,r=this.earlier+1,i=[t.state.base,...t.sums],a=[];for(let[t,o]of i.entries()){let i=this.#r.buffers[t],s=(t===0?1:r)*C(o);i&&a.push(new Float32Array(await n.readback.bytes(i,s))),e()}let[o=/* @__PURE__ */ new Float32Array,...s]=a,c=Array.from({length:r},(e,n)=>t.sums.map(({shape:e},t)=>{let r=S(e);return(s[t]??/* @__PURE__ */ new Float32Array).slice(n*r,(n+1)*r)}));return{base:o,sums:c.pop()??[],steps:this.#n,...c.length>0&&{history:c}}}giveUp(){let e=this.#r,t=this.#e.spareState,[n,r]=t&&t.rows>=e.rows?[t,e]:[e,t];r&&this.#t.buffers.release(r.buffers),this.#e.spareState=n}};async function cm(e,t){let{engine:n,pictures:r}=e,{steps:i,history:a=[]}=t;e.current=void 0,n.write(n.network.state.base,t.base),n.run(`unedited`),n.tune(t),n.show();let o=await sm.take(e,{steps:i,earlier:a.length});o.keepLatents(),o.keepSums(i),o.writeEarlier(a);try{let t=[{index:i,l2:NaN,picture:await r.capture()}];return q.of(e,t,{stepCount:i,state:o})}catch(e){throw o.giveUp(),e}}async function lm(e,t,n){let{engine:r,pictures:i}=e,{generator:a}=r.network;e.given??=await r.runtime.mount(new bp(a,a.tunedLayers)),e.current=void 0,r.write(r.network.state.base,t),r.run(`forget`,`unedited`,`untune`),r.show();let o=[{index:0,l2:NaN,picture:await i.capture()}],s=+(n.size>0),c=await sm.take(e,{steps:s,earlier:0});c.keepLatents(),c.keepSums(s);let l=q.of(e,o,{stepCount:s,state:c,given:n});return e.current=void 0,l}function J(e,t){let r=S(t.a.shape),{tensor:i,offset:a}=t.target,o=S(i.shape);n(a+r<=o,`tensor`,()=>`add "${t.a.name}": ${r} elements at ${a} of "${i.name}", which has ${o}`),e.add(F({op:`add`,label:`${t.a.name} into ${i.name}`,shader:`add`,uniforms:[O(`count`,r),O(`offset`,a),O(`keep`,+!!t.keep),O(`has_b`,+!!t.b)],bindings:[A(t.a),A(t.b??t.a),t.keep?M(i):j(i)]},r))}function um(e,t,n){let r=S(t.shape),i=[O(`count`,r),k(`value`,n)],a=[j(t)];return e.add(F({op:`fill`,label:t.name,shader:`fill`,uniforms:i,bindings:a},r)),t}const dm={one:0,centred:1,variance:2,negative:3,difference:4};function Y(e,t){let{channels:n,pixels:r}=dn(t.a);t.b&&T(`channelSums "${t.label}"`,`b`,t.b,t.a.shape),t.centre&&T(`channelSums "${t.label}"`,`centre`,t.centre,[n]);let i=t.into??e.transient(`${t.label} sums`,[n]);return e.add(un({op:`channelSums`,label:`${t.label} [${t.a.shape}]`,shader:`channel_sums`,uniforms:[O(`rows`,n),O(`pixels`,r),O(`mode`,dm[t.by]),O(`has_centre`,+!!t.centre),O(`keep`,+!!t.into),k(`factor`,t.factor??1)],bindings:[A(t.a),A(t.b??t.a),A(t.centre??t.a),t.into?M(i):j(i)],flops:2*n*r},n)),i}function fm(e,t,n,r,i=1){let a=S(r),o=S(n.shape)/a,s=e.transient(`${t} column sums`,r),c=[O(`rows`,o),O(`columns`,a),k(`factor`,i)],l=[A(n),j(s)];return e.add(F({op:`columnSums`,label:`${t} ${o}×${a}`,shader:`column_sums`,uniforms:c,bindings:l},a)),s}function pm(e,t){let{channels:n,pixels:r}=dn(t.input),i=e.transient(`${t.label} scaled`,t.input.shape),{scale:a,shift:o}=t;return e.add(F({op:`scaleChannels`,label:`${t.label} [${t.input.shape}]`,shader:`scale_channels`,uniforms:[O(`count`,n*r),O(`pixels`,r),O(`scale`,a.offset),O(`shift`,o?.offset??0),O(`has_shift`,+!!o)],bindings:[A(t.input),A(a.tensor),A(o?.tensor??a.tensor),j(i)]},n*r)),i}function mm(e,t){let{batches:n=1,rows:r,columns:i,depth:a,left:o,right:s}=t,c=t.steps??{batch:r*i,row:i,column:1},l=n*r*i;return e.add(F({op:`stridedProduct`,label:`${t.label} ${n}× ${r}×${a}×${i}`,shader:`strided_product`,uniforms:[O(`batches`,n),O(`rows`,r),O(`columns`,i),O(`depth`,a),O(`a_first`,o.first??0),O(`a_batch`,o.batch??0),O(`a_row`,o.row),O(`a_depth`,o.depth),O(`b_first`,s.first??0),O(`b_batch`,s.batch??0),O(`b_depth`,s.depth),O(`b_column`,s.column),O(`y_batch`,c.batch),O(`y_row`,c.row),O(`y_column`,c.column),O(`has_bias`,+!!t.bias),k(`factor`,t.factor??1)],bindings:[A(o.tensor),A(s.tensor),A(t.bias??o.tensor),j(t.output)],flops:2*l*a},l)),t.output}function hm(e,t){let n=P(t.output,1),r=t.channels??P(t.input,0);e.add({...F({op:`gatherRows`,label:`${t.label} ${t.pixels}×${n}`,shader:`gather_rows`,uniforms:[O(`first_channel`,t.firstChannel??0),O(`channels`,r),O(`height`,P(t.input,1)),O(`width`,P(t.input,2)),O(`out_width`,t.outWidth),O(`kernel`,t.kernel),O(`stride`,t.stride),O(`padding`,t.padding),O(`first_pixel`,t.firstPixel),O(`pixels`,t.pixels),O(`all_pixels`,t.allPixels),O(`row_quads`,n/4),...sn(t)],bindings:[...on(t,t.input),A(t.input),j(t.output)]},t.pixels*Math.ceil(r/4)),parts:[`in_vectors`]})}const gm=1e-5;function _m(e,t){let n=vm(e,t);return e.pullback?.({op:`batchNormFold`,args:t,output:n.scale,also:[n.shift]}),n}function vm(e,t){let n=P(t.weight,0);for(let[e,r]of Object.entries({bias:t.bias,mean:t.mean,variance:t.variance}))T(`batchNorm "${t.label}"`,e,r,[n]);let[r,i]=[e.transient(`${t.label} scale`,[n]),e.transient(`${t.label} shift`,[n])];return e.add(F({op:`batchNormFold`,label:t.label,shader:`batch_norm_fold`,uniforms:[O(`channels`,n),k(`eps`,gm)],bindings:[A(t.weight),A(t.bias),A(t.mean),A(t.variance),j(r),j(i)]},n)),{scale:r,shift:i}}var ym=class extends da{#e;#t=/* @__PURE__ */ new Map;#n=/* @__PURE__ */ new Map;#r=/* @__PURE__ */ new Map;constructor(e,t){super(e),this.#e=t}get parameters(){return this.#t}plain(e,t){let n=t?super.plain(e,t):super.plain(e);return this.#i(e,n,0),n}concat(e,t){let n=super.concat(e,t),r=0;for(let e of t)this.#i(e,n,r),r+=S(this.shape(e));return n}conv(e,t){let n=super.conv(e,t);return t.forEach((e,t)=>{let r=S(this.shape(e)),i=n.shape[4]??1;this.#t.set(e,{tensor:n,first:t*r,rows:i,length:r/i,stride:i})}),n}convJoined(e,t){let n=super.convJoined(e,t),r=n.shape[4]??1,i=r/t.length;return t.forEach((e,t)=>{let a=S(this.shape(e))/i;this.#t.set(e,{tensor:n,first:t*i,rows:i,length:a,stride:r})}),n}head(e,t){let r=this.#n.get(e);if(r)return r;let i=super.head(e,t);this.#n.set(e,i);let[a]=i.chunks;return n(a&&i.chunks.length===1,`memory`,()=>`"${e}" [${this.shape(e)}] does not fit one binding, which a head that learns must`),this.#i(e,a,0),i}batchNorm(e){let t=this.#r.get(e);if(t)return t;let n=_m(this.#e,{label:e,...this.batchNormWeights(e)});return this.#r.set(e,n),n}batchNormWeights(e){return{weight:this.plain(`${e}.weight`),bias:this.plain(`${e}.bias`),mean:this.plain(`${e}.running_mean`),variance:this.plain(`${e}.running_var`)}}#i(e,t,n){this.#t.set(e,{tensor:t,first:n,rows:1,length:S(this.shape(e)),stride:1})}};function bm({first:e,rows:t,length:n,stride:r},i){let a=new Float32Array(t*n);for(let o=0;o<t;o++)for(let t=0;t<n;t++)a[o*n+t]=i[e+t*r+o]??NaN;return a}function xm(e){let t=/* @__PURE__ */ new Map;for(let[n,r]of e.parameters){let i=e.tuned.get(r.tensor.name)?.moved;i&&t.set(i,[...t.get(i)??[],[n,r]])}return t}async function Sm(e,t){let r=/* @__PURE__ */ new Map;for(let[i,a]of xm(e)){let e=await t(i);for(let[t,i]of a){let a=Yi(bm(i,e));n(a.every(Cm),`device`,()=>`"${t}" moved by more than f16 holds; lower the rate`),a.some(e=>!!(e&32767))&&r.set(t,a)}}return r}const Cm=e=>(e&31744)!=31744;function wm(e,t,n){for(let[r,i]of xm(e)){let e=new Float32Array(S(r.shape));for(let[n,r]of i){let i=t.get(n);i&&Tm(r,Ji(i),e)}n(r,e)}}function Tm({first:e,rows:t,length:n,stride:r},i,a){for(let o=0;o<t;o++)for(let t=0;t<n;t++)a[e+t*r+o]=i[o*n+t]??0}function Em(e,t){let n=e.parameters.get(t);return n&&e.tuned.has(n.tensor.name)?n.rows*n.length:void 0}const Dm=`hyperstyle-pivot-run`,Om=`codes`,km=(e,t)=>({name:Om,shape:e.codes,dtype:`f32`,data:t});function Am(e,{latents:t,moved:n,steps:r}){let i=[...n].map(([t,n])=>({name:t,shape:e.plan.shape(t),dtype:`f16`,data:n}));return Bp(e,{format:Lp,steps:r},[km(e,t),...i])}function jm(e,{latents:t,steps:n,tensors:r}){let i=[...r].map(([e,t])=>({name:e,shape:[t.length],dtype:`f32`,data:t}));return Bp(e,{format:Dm,steps:n},[km(e,t),...i])}async function Mm(e,t,n,r){let{tensors:i,steps:a}=await Vp(t,r,{format:n,mark:e.mark,origin:`pivot`});return{tensors:i,steps:a,latents:await Nm(r,i.get(Om),Om,S(e.codes))}}async function Nm(e,t,r,i){let a=await t?.read()??/* @__PURE__ */ new Float32Array;return n(a.length===i&&a.every(Number.isFinite),`file`,()=>`${e}: "${r}" has ${a.length} numbers, expected ${i} finite ones; the file is damaged`),a}async function Pm(e,t){let r=`tuned person`,{tensors:i,steps:a,latents:o}=await Mm(e,t,Lp,r),s=/* @__PURE__ */ new Map;for(let[t,a]of i){if(t===Om)continue;let i=Em(e.plan,t);n(i!==void 0,`file`,()=>`${r}: this model's generator has no weights "${t}"`),s.set(t,Yi(await Nm(r,a,t,i)))}return{latents:o,moved:s,steps:a}}async function Fm(e,t,n){let r=`saved run`,{tensors:i,steps:a,latents:o}=await Mm(e,t,Dm,r),s=/* @__PURE__ */ new Map;for(let{name:e,shape:t}of n)s.set(e,await Nm(r,i.get(e),e,S(t)));return{latents:o,steps:a,tensors:s}}var Im=class e{steps;losses;ended;cut;#e;#t;#n;#r=!1;constructor(e,t,n,r){this.#e=e,this.#t=t,this.losses=r.losses,this.ended=r.ended,this.steps=[{index:t.steps,l2:r.losses.l2??NaN,picture:n}]}static async show(t,n,r={losses:{},ended:void 0}){t.holder=void 0;let i=await Rm(t,n,Qp,!0),a=new e(t,n,i,r);return t.holder=a,a}ensureOf({mark:e},t){let{name:n,mark:r}=this.#e.model;Mp(t,{model:n,...r},e)}get width(){return this.#e.context.pictures.width}get height(){return this.#e.context.pictures.height}get picture(){this.#i();let e=this.#n??this.steps[0]?.picture;return n(e,`option`,`this person has no picture: tune the photo again`),e}draw(e){this.picture.draw(e)}toImageData(){return this.picture.toImageData()}async edit(e,t={}){G(`edit`,t);let{space:n,directions:r}=this.#e.context,i=Ep(r,e)?this.#t.latents:void 0,a=Lm(t.strength);await this.show({...Tp(n,r,e,i),strength:a,step:t.step})}async show(e){this.#i();let{context:t}=this.#e;await t.engine.exclusive(async()=>{this.#i();let t=this.#e.holder!==this;this.#e.holder=void 0;let n=await Rm(this.#e,this.#t,e,t);this.#e.holder=this,this.#n?.dispose(),this.#n=n,this.#r&&(n.dispose(),this.#i())})}pasteInto(e,t={}){return rm(this,this.cut,e,t)}async values(){return this.#i(),am(this.#e.context.engine.network,this.#t.latents.slice())}weightsMoved({strength:e}={}){this.#i();let t=Lm(e);return new Map([...this.#t.moved].map(([e,n])=>[e,Ji(n).map(e=>t*e)]))}async identity(){return this.#i(),Am(this.#e.model,this.#t)}dispose(){if(!this.#r){this.#r=!0;for(let{picture:e}of this.steps)e.dispose();this.#n?.dispose(),this.#e.holder===this&&(this.#e.holder=void 0)}}[Symbol.dispose](){this.dispose()}#i(){n(!this.#r,`option`,`this person was disposed of: tune the photo again, or restore their file`)}};function Lm(e=1){return n(typeof e==`number`&&Number.isFinite(e),`option`,()=>`the strength of a tuned person is ${t(e)}, expected one number: its weights moved together`),e}async function Rm({context:e,tuner:r},i,a,o){let s=Lm(a.strength);n(a.step===void 0,`option`,()=>`step is ${t(a.step)}, but a tuned person has no steps of the hypernetwork: leave it out`);let{engine:c,pictures:l}=e,{offset:u,styleOffset:d}=$p(c.network,{...a,strength:1}),{state:f,plan:p}=r.tuned,m=await r.shown();o&&(wm(p,i.moved,(e,t)=>m.write(e,t)),m.write(f.base,i.latents)),m.write(f.strength,Float32Array.of(s)),m.write(f.offset,u),m.write(f.styleOffset,d),m.run(`apply`,`style`,`demodulate`,`synthesize`),e.current=void 0;let{y:h}=c.network.state;return c.runtime.copy(c.buffers.of(f.y),c.buffers.of(h),C(h)),l.capture()}const zm=e=>e.replace(/^.*[\\/]/,``).split(`.`)[0]??e;var Bm=class{#e;constructor(e){this.#e=e}async latents(e){let t=/* @__PURE__ */ new Map;for(let[n,r]of Object.entries(e))q.ensureOf(this.#e,n,r),t.set(n,Float32Array.from((await r.values()).base));return op(t,this.#e.space)}async weightDeltas(e,t={}){q.ensureOf(this.#e,`weightDeltas: the person`,e);let{space:n}=this.#e,r=await e.weightOffsets(t);return cp(n.layers.map((e,t)=>{let i=r.get(t);return i?{shape:lp(n,t),data:Float32Array.from(i)}:null}),n)}async generator(e,t={}){if(e instanceof Im)return e.ensureOf(this.#e,`generator: the person`),this.#t(e.weightsMoved(t),(e,t)=>e+t);q.ensureOf(this.#e,`generator: the person`,e);let n=await e.weightOffsets(t),{layers:r}=this.#e.space,i=[...n].map(([e,t])=>[`decoder.${r[e]?.key}.conv.weight`,t]);return this.#t(new Map(i),(e,t)=>e*(1+t))}async#t(e,t){let{source:n}=this.#e,r=await yd(n,e=>Js(e)||e===`latent_avg`);for(let[n,i]of e){let e=r.get(n);e?.forEach((n,r)=>{e[r]=t(n,i[r]??0)})}return yp(n.architecture,r)}async importPeople(e,r=[]){n(Array.isArray(r),`option`,()=>`importPeople got ${t(r)}, expected a list of files`);let{space:i,engine:a}=this.#e,o=await ap(Hf(e),i),s=/* @__PURE__ */ new Map,c=new Map([...o.keys()].map(e=>[zm(e),e]));for(let e of r){let t=Hf(e),r=c.get(zm(t.name));n(r!==void 0,`option`,()=>`${t.name}: nobody in the latents is called so; they are of ${[...o.keys()].join(`, `)}`);let l=await sp(t,i),u=new Map(l.flatMap((e,t)=>e?[[t,e.data]]:[])),{tunedLayers:d}=a.network.generator;for(let e of u.keys())n(d.includes(e),`option`,()=>`${t.name}: has offsets of layer ${e}, this model tunes ${d.join(`, `)}`);s.set(r,u)}let l=/* @__PURE__ */ new Map;try{for(let[e,t]of o){let n=await a.exclusive(()=>lm(this.#e,t,s.get(e)??/* @__PURE__ */ new Map),_a);l.set(e,n),await n.edit({})}}catch(e){for(let e of l.values())e.dispose();throw e}return l}};function Vm(e,r,i){n(Array.isArray(r)||ArrayBuffer.isView(r)&&`length`in r,`option`,()=>`${e} is ${t(r)}, expected ${i.join(` or `)} numbers`);let a=Float32Array.from(r,Number);return n(i.includes(a.length),`option`,()=>`${e} has ${a.length} numbers, this model needs ${i.join(` or `)}`),n(a.every(Number.isFinite),`option`,()=>`${e} holds ${a.find(e=>!Number.isFinite(e))}: every number must be finite`),a}function Hm(e,r){let{seed:i=0,truncation:a=1,noise:o=`stored`}=r,s=[`seed`,`z`,`w`,`styles`].filter(e=>r[e]!==void 0);n(s.length<=1,`option`,()=>`generate got ${s.join(` and `)}: pass one of them`),n(Number.isFinite(a),`option`,()=>`truncation is ${t(a)}, expected a number, usually 0 to 1`),Um(`seed`,i),o!==`stored`&&Um(`noise`,o,`"stored" or `);let{state:c}=e.network;e.run(`unedited`,`untune`),o!==`stored`&&(e.write(c.noiseSeed,Uint32Array.of(o)),e.run(`freshNoise`));try{r.styles===void 0?r.w===void 0?Wm(e,i,r.z,a):Gm(e,r.w):Km(e,r.styles)}finally{o!==`stored`&&e.run(`storedNoise`)}}function Um(e,r,i=``){n(typeof r==`number`&&Number.isInteger(r)&&r>=0&&r<2**32,`option`,()=>`${e} is ${t(r)}, expected ${i}a whole number from 0 to ${2**32-1}`)}function Wm(e,t,n,r){let{state:i,architecture:a}=e.network,{styleDim:o}=a;e.write(i.z,n===void 0?vd(t,o):Vm(`z`,n,[o])),e.write(i.psi,Float32Array.of(r)),e.generate()}function Gm(e,t){let{state:n,architecture:r}=e.network,{styleDim:i,latentCount:a}=r,o=Vm(`w`,t,[i,a*i]),s=new Float32Array(a*i);for(let e=0;e<s.length;e+=o.length)s.set(o,e);e.write(n.base,s),e.show()}function Km(e,r){let{generator:i}=e.network.generator,{layers:a}=i;n(Array.isArray(r)&&r.length===a.length,`option`,()=>`styles is ${Array.isArray(r)?`a list of ${r.length}`:t(r)}, expected ${a.length} vectors, one a layer`),i.styleOffsets().forEach((t,n)=>{let o=Vm(`styles of layer ${n}`,r[n]??[],[a[n]?.inChannels??0]);e.write(i.styles,o,4*t)}),e.run(`demodulate`,`synthesize`)}const qm={start:[`forget`,`unedited`,`encode`,`untune`,`style`,`demodulate`,`synthesize`,`measure`],step:[`gather`,`refine`,`activate`,`retune`,`demodulate`,`synthesize`,`measure`],show:[`style`,`demodulate`,`synthesize`]},Jm=[`map`,...qm.show];async function Ym(r,i,a){let{engine:o,restyle:s}=r,{steps:c=5,signal:l}=i;n(Number.isInteger(c)&&c>=0&&c<=100,`option`,()=>`steps is ${t(c)}, expected a whole number from 0 to 100`),n(c===0||o.network.hypernetwork,`model`,`this model has no hypernetwork, only y_0 can be computed: pass steps: 0`),e(l),r.current=void 0,await a();let u=[],d=await sm.take(r,{steps:c,earlier:c-1});try{let e=await Xm(r,{steps:c,pictures:u,state:d},i),t=await s?.invert(await o.read(o.network.state.x)),n=q.of(r,e,{stepCount:c,state:d});return n.restyled=t,n}catch(e){for(let e of u)e.dispose();throw d.giveUp(),e}}async function Xm({engine:t,pictures:n},{steps:r,pictures:i,state:a},{onStep:o,signal:s}){let{error:c,errors:l}=t.network.state,u=[],d=Promise.resolve();for(let l=0;l<=r;l++){e(s),l===0?(t.start(),a.keepLatents()):t.step(),t.keepError(l),a.keepSums(l);let r=await n.capture();if(i.push(r),o){let[e=NaN]=await t.read(c),n={index:l,l2:e,picture:r};u.push(n),await t.runtime.outside(()=>o(n),s)}else await d,d=t.device.queue.onSubmittedWorkDone(),d.catch(()=>void 0)}if(o)return u;let f=await t.read(l);return i.map((e,t)=>({index:t,l2:f[t]??NaN,picture:e}))}function Zm(e,t){return new Set(e.bindings.filter(e=>e.access!==`read`===t).map(e=>b(e.tensor)))}var Qm=class{#e=/* @__PURE__ */ new Map;#t=/* @__PURE__ */ new Map;#n=/* @__PURE__ */ new Map;#r=/* @__PURE__ */ new Map;#i;constructor(e,t){this.#i=t;let n=(e,t)=>void e.set(t,(e.get(t)??0)+1);for(let t of e){let[e,r]=[Zm(t,!1),Zm(t,!0)];this.#e.set(t,e);for(let n of e)this.#t.set(n,[...this.#t.get(n)??[],t]);for(let e of r)n(this.#n,e);for(let t of/* @__PURE__ */ new Set([...e,...r]))n(this.#r,t)}}arrived(e){let t=[];for(let n of this.#t.get(b(e))??[]){let r=this.#e.get(n);if(!(!r?.delete(b(e))||r.size>0)){this.#e.delete(n),t.push(n);for(let e of Zm(n,!0)){let n=(this.#n.get(e)??0)-1;this.#n.set(e,n),n===0&&t.push(...this.arrived(e))}}}return t}ran(e){return[.../* @__PURE__ */ new Set([...Zm(e,!1),...Zm(e,!0)])].filter(e=>{let t=(this.#r.get(e)??0)-1;return this.#r.set(e,t),t===0&&this.#i.has(e)})}expectNone(){for(let[e,t]of this.#e)n(!1,`shader`,()=>`"${e.label}" never ran: it waits for ${[...t].map(({name:e})=>`"${e}"`).join(`, `)}`)}};const $m=8*2**20,eh=32*2**20;var th=class{#e;#t;#n;#r=/* @__PURE__ */ new Set;#i=[];#a=0;#o=0;constructor(e,t,n){this.#e=n,this.#n=t,this.#t=new Qm(e.nodes,t)}async open(e){this.#o>eh&&(this.#o=0,await this.#e.settle()),await this.#s([e])}write(e,t,n=0){this.#o+=t.byteLength,this.#e.write(e,t,n)}async close(e){let t=this.#t.arrived(e);t.length!==0&&(this.#i.push(...t),this.#a+=C(e),this.#a>=$m&&await this.#c())}async finish(){await this.#c(),this.#t.expectNone()}async#s(e){let t=[...new Set(e.map(b))].filter(e=>this.#n.has(e)&&!this.#r.has(e));for(let e of t)this.#r.add(e);t.length>0&&await this.#e.allocate(t)}async#c(){let e=this.#i;if(this.#i=[],this.#a=0,e.length===0)return;await this.#s(e.flatMap(({bindings:e})=>e.map(({tensor:e})=>e))),await this.#e.run(e);let t=e.flatMap(e=>this.#t.ran(e));this.#e.free(t)}};function nh(e){let[t,n]=[0,0],r=e=>e.reduce((e,t)=>e+Je(C(t)),0);return{get peak(){return n},async allocate(e){t+=r(e),n=Math.max(n,t)},write:()=>{},settle:async()=>{},async run(r){n=Math.max(n,t+Je(et(r,e).data.byteLength))},free:e=>{t-=r(e)}}}var rh=`// Σ[first + l, k] += mean of code[l, k, :] for k < z, and Σ[first + l, z] += 1: the state keeps the sum of the codes and counts them.
//
// codes [rows, z, pixels], state [layers, z + 1]. One invocation an element of the state rows.

struct Params {
  rows: u32,
  z: u32,
  pixels: u32, // of the feature maps whose means are the codes; 1 where they are codes already
  first_row: u32, // of the state
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> codes: array<f32>; // [rows, z, pixels]
@group(0) @binding(2) var<storage, read_write> state: array<f32>; // [layers, z + 1]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let pitch = params.z + 1;
  if (i >= params.rows * pitch) {
    return;
  }
  let row = i / pitch;
  let k = i % pitch;
  let at = (params.first_row + row) * pitch + k;
  if (k == params.z) {
    state[at] += 1;
    return;
  }
  let first = (row * params.z + k) * params.pixels;
  var sum = 0.0;
  for (var p = first; p < first + params.pixels; p++) {
    sum += codes[p];
  }
  state[at] += sum / f32(params.pixels);
}
`,ih=`// activation: y[c, p] = gain · act(x[c, p]): leaky ReLU, ReLU (slope 0) or PReLU (a slope a channel).
// Networks that only run have it fused into their convolutions. One invocation an element.

@group(0) @binding(2) var<storage, read> x: array<f32>; // [C, P]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let value = x[index];
  y[index] = params.gain * select(slope_at(index) * value, value, value >= 0);
}
`,ah=`// activation, backward: dx[c, p] = dy[c, p] · gain · (1 where z > 0, else slope), z the input or the output: their signs agree
// unless a slope is negative. One invocation an element.

@group(0) @binding(2) var<storage, read> dy: array<f32>; // [C, P]
@group(0) @binding(3) var<storage, read> z: array<f32>; // [C, P]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  dx[index] = dy[index] * params.gain * select(slope_at(index), 1.0, z[index] > 0);
}
`,oh=`// Adam (Kingma & Ba 2015): m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², p −= s[0] · m / (√v · s[1] + ε), with the step's numbers
// s = [rate / (1 − β₁ᵗ), 1 / √(1 − β₂ᵗ), factor of the gradient (clipping, accumulation)]. One invocation an element.

struct Params {
  count: u32,
  beta1: f32,
  beta2: f32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // g [count]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // s [3]
@group(0) @binding(3) var<storage, read_write> parameter: array<f32>; // p [count]
@group(0) @binding(4) var<storage, read_write> first: array<f32>; // m [count]
@group(0) @binding(5) var<storage, read_write> second: array<f32>; // v [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let g = gradient[index] * numbers[2];
  let m = params.beta1 * first[index] + (1 - params.beta1) * g;
  let v = params.beta2 * second[index] + (1 - params.beta2) * g * g;
  first[index] = m;
  second[index] = v;
  parameter[index] -= numbers[0] * m / (sqrt(v) * numbers[1] + params.eps);
}
`,sh=`// y[c, i, j] = mean of x[c, y0..y1, x0..x1] with y0 = ⌊i·H/h⌋, y1 = ⌈(i+1)·H/h⌉ (PyTorch's adaptive average pooling), columns alike.
//
// x [C, H, W]; the pooled picture is [C, h, w], of which rows first_row … first_row + rows are kept: y [C, rows, w].
// One invocation an output element.

struct Params {
  channels: u32,
  height: u32, // H
  width: u32, // W
  pooled_height: u32, // h
  pooled_width: u32, // w
  first_row: u32,
  rows: u32,
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [C, rows, w]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let at = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (at >= params.channels * params.rows * params.pooled_width) {
    return;
  }
  let j = at % params.pooled_width;
  let i = (at / params.pooled_width) % params.rows + params.first_row;
  let channel = at / (params.pooled_width * params.rows);
  let y0 = i * params.height / params.pooled_height;
  let y1 = ((i + 1) * params.height + params.pooled_height - 1) / params.pooled_height;
  let x0 = j * params.width / params.pooled_width;
  let x1 = ((j + 1) * params.width + params.pooled_width - 1) / params.pooled_width;
  var sum = 0.0;
  for (var y = y0; y < y1; y++) {
    let row = (channel * params.height + y) * params.width;
    for (var x = x0; x < x1; x++) {
      sum += input[row + x];
    }
  }
  output[at] = sum / f32((y1 - y0) * (x1 - x0));
}
`,ch=`// adaptivePool and globalPool, backward: dx[c, y, x] = Σ dy / bin size over the pooled pixels whose bin has (y, x).
// Bin i of h over H pixels: floor(i · H / h) to ceil((i + 1) · H / h). One invocation a pixel of a channel.

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  pooled_height: u32,
  pooled_width: u32,
  first_row: u32, // of the pooled picture that dy has
  rows: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // [C, rows, pooled width]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [C, H, W]

// The first and last bin that have pixel \`at\`, of \`bins\` over \`size\` pixels, and how many pixels bin \`i\` has.
fn first_bin(at: u32, size: u32, bins: u32) -> u32 { return at * bins / size; }
fn last_bin(at: u32, size: u32, bins: u32) -> u32 { return ((at + 1) * bins + size - 1) / size - 1; }
fn bin_size(i: u32, size: u32, bins: u32) -> u32 { return ((i + 1) * size + bins - 1) / bins - i * size / bins; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let c = index / pixels;
  let y = index % pixels / params.width;
  let x = index % params.width;
  let top = max(first_bin(y, params.height, params.pooled_height), params.first_row);
  let bottom = min(last_bin(y, params.height, params.pooled_height), params.first_row + params.rows - 1);
  let right = last_bin(x, params.width, params.pooled_width);
  var sum = 0.0;
  for (var row = top; row <= bottom; row++) {
    for (var column = first_bin(x, params.width, params.pooled_width); column <= right; column++) {
      let size = bin_size(row, params.height, params.pooled_height) * bin_size(column, params.width, params.pooled_width);
      sum += dy[(c * params.rows + row - params.first_row) * params.pooled_width + column] / f32(size);
    }
  }
  dx[index] = sum;
}
`,lh=`// add: t[offset + i] (+)= a[i] + b[i]: sums of gradients, b where there is a second one, t where it counts.
// One invocation an element.

struct Params {
  count: u32,
  offset: u32, // first element of t
  keep: u32, // 1: what t holds is added to
  has_b: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [count]
@group(0) @binding(2) var<storage, read> b: array<f32>; // [count]
@group(0) @binding(3) var<storage, read_write> target_sum: array<f32>; // t

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  var sum = a[index];
  if (params.has_b == 1) { sum += b[index]; }
  if (params.keep == 1) { sum += target_sum[params.offset + index]; }
  target_sum[params.offset + index] = sum;
}
`,uh=`// affinePair: y[c, p] = k[0, c] · a[c, p] + k[1, c] · b[c, p] + k[2, c]: a BatchNorm's gradient through its own statistics.
// One invocation an element.

struct Params {
  count: u32,
  pixels: u32, // P
  channels: u32, // C
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> b: array<f32>; // [C, P]
@group(0) @binding(3) var<storage, read> coefficients: array<f32>; // k [3, C]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let c = index / params.pixels;
  let constant = coefficients[2 * params.channels + c];
  y[index] = coefficients[c] * a[index] + coefficients[params.channels + c] * b[index] + constant;
}
`,dh=`// batchNormTrain, backward, from S = Σ dy and M = Σ dy · (x − mean) over n numbers a channel, r = rsqrt(var + eps):
// dγ = r · M, dβ = S, and dx = k[0] · dy + k[1] · x + k[2] with the three coefficients a channel that are written here.
// One invocation a channel.

struct Params {
  channels: u32, // C
  count: f32, // n
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gamma: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> mean: array<f32>; // [C]
@group(0) @binding(3) var<storage, read> variance: array<f32>; // [C]
@group(0) @binding(4) var<storage, read> sums: array<f32>; // S [C]
@group(0) @binding(5) var<storage, read> moments: array<f32>; // M [C]
@group(0) @binding(6) var<storage, read_write> coefficients: array<f32>; // k [3, C]
@group(0) @binding(7) var<storage, read_write> dgamma: array<f32>; // [C]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.channels) { return; }
  let r = inverseSqrt(variance[index] + params.eps);
  let scale = gamma[index] * r;
  let slope = -scale * r * r * moments[index] / params.count;
  coefficients[index] = scale;
  coefficients[params.channels + index] = slope;
  coefficients[2 * params.channels + index] = -scale * sums[index] / params.count - slope * mean[index];
  dgamma[index] = r * moments[index];
}
`,fh=`// batchNormFold: BatchNorm as two vectors, scale = γ · rsqrt(var + eps), shift = β − mean · scale.
// One invocation a channel.

struct Params {
  channels: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gamma: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> beta: array<f32>; // [C]
@group(0) @binding(3) var<storage, read> mean: array<f32>; // [C]
@group(0) @binding(4) var<storage, read> variance: array<f32>; // [C]
@group(0) @binding(5) var<storage, read_write> scales: array<f32>; // [C]
@group(0) @binding(6) var<storage, read_write> shifts: array<f32>; // [C]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.channels) { return; }
  let scale = gamma[index] * inverseSqrt(variance[index] + params.eps);
  scales[index] = scale;
  shifts[index] = beta[index] - mean[index] * scale;
}
`,ph=`// batchNormFold, backward with constant statistics: dγ = (dscale − dshift · mean) · rsqrt(var + eps), dβ = dshift.
// One invocation a channel.

struct Params {
  channels: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dscale: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> dshift: array<f32>; // [C]
@group(0) @binding(3) var<storage, read> mean: array<f32>; // [C]
@group(0) @binding(4) var<storage, read> variance: array<f32>; // [C]
@group(0) @binding(5) var<storage, read_write> dgamma: array<f32>; // [C]
@group(0) @binding(6) var<storage, read_write> dbeta: array<f32>; // [C]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.channels) { return; }
  dgamma[index] = (dscale[index] - dshift[index] * mean[index]) * inverseSqrt(variance[index] + params.eps);
  dbeta[index] = dshift[index];
}
`,mh=`// batchNormTrain: running ← (1 − momentum) · running + momentum · new, the variance as the unbiased one, n/(n − 1) times.
// One invocation a channel.

struct Params {
  channels: u32,
  momentum: f32,
  unbias: f32, // n / (n − 1)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mean: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> variance: array<f32>; // [C]
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>; // [C]
@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>; // [C]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.channels) { return; }
  running_mean[index] += params.momentum * (mean[index] - running_mean[index]);
  running_variance[index] += params.momentum * (params.unbias * variance[index] - running_variance[index]);
}
`,hh=`// batchedProduct: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b: the frequencies of a Winograd
// convolution (r: channels, c: tiles, k: input channels) or the groups of a gathered one (c: pixels, k: channels × taps).
// Layout: see parts/batched_product, in vec4; R and C are multiples of 16.
// One invocation owns 16 × 16 results in registers: 8 vec4 loads feed 256 multiply-adds. No workgroup memory and no barrier:
// on a CPU both cost more than they save. Two terms a turn, added in one expression, halve how often the sums, more than there are
// registers, are fetched and stored; three would be more code than a CPU's cache holds.

{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as left and right are stored
alias Term = vec4<{{TERM}}>; // as they are multiplied
alias Result = vec4f;
alias Terms = array<Term, 4>; // sixteen values of one term
alias Sums = array<mat4x4f, 16>; // [four quads of rows, four quads of columns]; column j of a matrix is a row of the product

fn rows_at(at: u32) -> Terms {
  return Terms(Term(left[at]), Term(left[at + 1]), Term(left[at + 2]), Term(left[at + 3]));
}

fn columns_at(at: u32) -> Terms {
  return Terms(Term(right[at]), Term(right[at + 1]), Term(right[at + 2]), Term(right[at + 3]));
}

// Two terms of all sums.
fn step(sums: ptr<function, Sums>, rows: Terms, columns: Terms, next_rows: Terms, next_columns: Terms) {
  #for S in 16
  (*sums)[{{S}}] = (*sums)[{{S}}] + outer(columns[{{S}} % 4], rows[{{S}} / 4]) + outer(next_columns[{{S}} % 4], next_rows[{{S}} / 4]);
  #end
}

// Writes sixteen columns of four rows.
fn write_four(at: u32, sums0: mat4x4f, sums1: mat4x4f, sums2: mat4x4f, sums3: mat4x4f) {
  for (var row = 0u; row < 4; row++) {
    let first = at + row * params.column_quads;
    product[first] = sums0[row];
    product[first + 1] = sums1[row];
    product[first + 2] = sums2[row];
    product[first + 3] = sums3[row];
  }
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let depth = params.depth; // copies, since a CPU reads a uniform like any other memory
  let row_quads = params.row_quads;
  let column_quads = params.column_quads;
  let column_blocks = column_quads / 4;
  let row_blocks = row_quads / 4;
  if (index >= params.batches * row_blocks * column_blocks) { return; }
  let column = index % column_blocks * 4;
  let row = index / column_blocks % row_blocks * 4;
  let batch = index / (column_blocks * row_blocks);

  var left_at = batch * depth * row_quads + row;
  var right_at = batch * depth * column_quads + column;
  var sums: Sums;
  for (var k = 1u; k < depth; k += 2) {
    step(&sums, rows_at(left_at), columns_at(right_at), rows_at(left_at + row_quads), columns_at(right_at + column_quads));
    left_at += 2 * row_quads;
    right_at += 2 * column_quads;
  }
  if (depth % 2 == 1) { step(&sums, rows_at(left_at), columns_at(right_at), Terms(), Terms()); }
  let first = (batch * params.row_quads + row) * 4 * params.column_quads + column;
  #for Q in 4
  write_four(
    first + {{Q}} * 4 * params.column_quads, sums[4 * {{Q}}], sums[4 * {{Q}} + 1], sums[4 * {{Q}} + 2], sums[4 * {{Q}} + 3]);
  #end
}
`,gh=`// batchedProduct on matrix units: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b.
// Layout: see parts/batched_product, in single elements; R and C are multiples of 16, K is 16 or more.
// A workgroup owns 64 × 64 results, each of its subgroups a quarter (32 × 32) or several: 128 invocations are whole subgroups of
// every size, and the rows and columns that four of them share come from a cache. A quarter is 2 × 2 fragments of 16 × 16 sums; a
// step loads 2 fragments of \`left\` and 2 of \`right\`, and each multiplication of two fragments is 4,096 multiply-adds in hardware that does
// nothing else. Terms are f16, their products and sums f32. The K % 16 terms that fill no fragment go through workgroup memory,
// with zeros behind them, so that nothing is read beyond a buffer. Compiled and emulated in tests; no hardware has run it yet.

enable subgroups;
enable chromium_experimental_subgroup_matrix;
{{ENABLE_F16}}
alias Element = {{ELEMENT}};
alias Result = f32;
alias Left = subgroup_matrix_left<{{ELEMENT}}, 16, 16>;
alias Right = subgroup_matrix_right<{{ELEMENT}}, 16, 16>;
alias Sums = subgroup_matrix_result<f32, 16, 16>;

const FRAGMENT = 16u;
const TILE = 64u; // rows and columns of a workgroup
const WORKGROUP = 128u;

var<workgroup> left_tail: array<Element, 1024>; // [FRAGMENT, TILE]
var<workgroup> right_tail: array<Element, 1024>;

// Brings the terms from \`first_term\` on in; zero past the last term and beyond the edge.
fn load_tail(e: u32, batch: u32, first_term: u32, first_row: u32, first_column: u32) {
  let rows = 4 * params.row_quads;
  let columns = 4 * params.column_quads;
  let k = first_term + e / TILE;
  let row = first_row + e % TILE;
  let column = first_column + e % TILE;
  var row_value = Element();
  var column_value = Element();
  if (k < params.depth && row < rows) { row_value = left[(batch * params.depth + k) * rows + row]; }
  if (k < params.depth && column < columns) { column_value = right[(batch * params.depth + k) * columns + column]; }
  left_tail[e] = row_value;
  right_tail[e] = column_value;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
) {
  let batch = group.z;
  let rows = 4 * params.row_quads;
  let columns = 4 * params.column_quads;
  let whole = params.depth - params.depth % FRAGMENT;
  if (whole < params.depth) {
    for (var e = index; e < FRAGMENT * TILE; e += WORKGROUP) { load_tail(e, batch, whole, group.y * TILE, group.x * TILE); }
    workgroupBarrier();
  }
  for (var quarter = subgroup; quarter < 4; quarter += subgroups) {
    let tile_row = quarter / 2 * 32;
    let tile_column = quarter % 2 * 32;
    let row = group.y * TILE + tile_row;
    let column = group.x * TILE + tile_column;
    if (row >= rows || column >= columns) { continue; }
    // A second fragment beyond the edge multiplies the first one's numbers again, and is not stored.
    let below = select(0u, FRAGMENT, row + FRAGMENT < rows);
    let beside = select(0u, FRAGMENT, column + FRAGMENT < columns);
    var sums00 = Sums();
    var sums01 = Sums();
    var sums10 = Sums();
    var sums11 = Sums();
    for (var k = 0u; k < whole; k += FRAGMENT) {
      let left_at = (batch * params.depth + k) * rows + row;
      let right_at = (batch * params.depth + k) * columns + column;
      let rows0 = subgroupMatrixLoad<Left, col_major>(&left, left_at, rows);
      let rows1 = subgroupMatrixLoad<Left, col_major>(&left, left_at + below, rows);
      let columns0 = subgroupMatrixLoad<Right, row_major>(&right, right_at, columns);
      let columns1 = subgroupMatrixLoad<Right, row_major>(&right, right_at + beside, columns);
      sums00 = subgroupMatrixMultiplyAccumulate(rows0, columns0, sums00);
      sums01 = subgroupMatrixMultiplyAccumulate(rows0, columns1, sums01);
      sums10 = subgroupMatrixMultiplyAccumulate(rows1, columns0, sums10);
      sums11 = subgroupMatrixMultiplyAccumulate(rows1, columns1, sums11);
    }
    if (whole < params.depth) {
      let rows0 = subgroupMatrixLoad<Left, col_major>(&left_tail, tile_row, TILE);
      let rows1 = subgroupMatrixLoad<Left, col_major>(&left_tail, tile_row + below, TILE);
      let columns0 = subgroupMatrixLoad<Right, row_major>(&right_tail, tile_column, TILE);
      let columns1 = subgroupMatrixLoad<Right, row_major>(&right_tail, tile_column + beside, TILE);
      sums00 = subgroupMatrixMultiplyAccumulate(rows0, columns0, sums00);
      sums01 = subgroupMatrixMultiplyAccumulate(rows0, columns1, sums01);
      sums10 = subgroupMatrixMultiplyAccumulate(rows1, columns0, sums10);
      sums11 = subgroupMatrixMultiplyAccumulate(rows1, columns1, sums11);
    }
    let first = (batch * rows + row) * columns + column;
    subgroupMatrixStore<row_major>(&product, first, sums00, columns);
    if (beside > 0) { subgroupMatrixStore<row_major>(&product, first + beside, sums01, columns); }
    if (below > 0) { subgroupMatrixStore<row_major>(&product, first + below * columns, sums10, columns); }
    if (beside > 0 && below > 0) { subgroupMatrixStore<row_major>(&product, first + below * columns + beside, sums11, columns); }
  }
}
`,_h=`// batchedProduct for few columns: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b.
// Layout: see parts/batched_product, in vec4; R is a multiple of 16, C of 4.
// One invocation owns 16 × 4 results in registers: pictures of 1 to 8 pixels a side have few columns, and computing
// rounded-up ones costs more than the narrower block's additional loads.

{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as left and right are stored
alias Term = vec4<{{TERM}}>; // as they are multiplied
alias Result = vec4f;
alias Sums = array<mat4x4f, 4>; // sixteen rows × four columns

// Term k of all sums; past the last one it reads the last again and adds zero.
fn step(sums: ptr<function, Sums>, left_at: u32, right_at: u32, k: u32) {
  let last = min(k, params.depth - 1);
  let rows = left_at + last * params.row_quads;
  let columns = Term(right[right_at + last * params.column_quads]) * {{TERM}}(select(0.0, 1.0, k < params.depth));
  #for Q in 4
  (*sums)[{{Q}}] += outer(columns, Term(left[rows + {{Q}}]));
  #end
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let row_blocks = params.row_quads / 4;
  if (index >= params.batches * row_blocks * params.column_quads) { return; }
  let column = index % params.column_quads;
  let row = index / params.column_quads % row_blocks * 4;
  let batch = index / (params.column_quads * row_blocks);

  let left_at = batch * params.depth * params.row_quads + row;
  let right_at = batch * params.depth * params.column_quads + column;
  var sums: Sums;
  for (var k = 0u; k < params.depth; k += 4) {
    step(&sums, left_at, right_at, k);
    step(&sums, left_at, right_at, k + 1);
    step(&sums, left_at, right_at, k + 2);
    step(&sums, left_at, right_at, k + 3);
  }
  let first = (batch * params.row_quads + row) * 4 * params.column_quads + column;
  #for Q in 4
  write_rows(first + {{Q}} * 4 * params.column_quads, params.column_quads, sums[{{Q}}]);
  #end
}
`,vh=`// batchedProduct with subgroups: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b.
// Layout: see parts/batched_product, in vec4; R and C are multiples of 16.
// Four neighbouring invocations (a quad) own 16 × 16 results, each 16 rows × 4 columns in registers. Of the 16 rows of \`left\` that
// they share each loads four and swaps them with the others, so that 2 vec4 loads feed 64 multiply-adds where
// batched_product_narrow needs 5. A swap costs a CPU one shuffle where a broadcast costs ten instructions; so which four rows a
// matrix of sums holds differs from lane to lane, and is put right when they are written.
// On a CPU a load costs far more than a multiply-add and carrying a sum round the loop as much as six: two terms a turn halve the
// latter, more make a loop that no longer fits its instruction cache, larger blocks too. Right for every subgroup size, since none is
// below 4, where four invocations in a row are a quad: WGSL does not promise it, the start-up self-test finds out.

enable subgroups;
{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as left and right are stored; arithmetic is f32
alias Result = vec4f;

// Two terms of four neighbouring columns in a row. By components: a compiler that works vector by vector keeps every intermediate
// vector in memory, but the intermediate of a component in a register.
fn add(sum: vec4f, columns: vec4f, row: f32, next_columns: vec4f, next_row: f32) -> vec4f {
  return vec4f(
    sum.x + columns.x * row + next_columns.x * next_row,
    sum.y + columns.y * row + next_columns.y * next_row,
    sum.z + columns.z * row + next_columns.z * next_row,
    sum.w + columns.w * row + next_columns.w * next_row);
}

// The same for four rows; column j of a matrix is row j of the product.
fn add_rows(sums: mat4x4f, columns: vec4f, rows: vec4f, next_columns: vec4f, next_rows: vec4f) -> mat4x4f {
  return mat4x4f(
    add(sums[0], columns, rows.x, next_columns, next_rows.x),
    add(sums[1], columns, rows.y, next_columns, next_rows.y),
    add(sums[2], columns, rows.z, next_columns, next_rows.z),
    add(sums[3], columns, rows.w, next_columns, next_rows.w));
}

// Sixteen rows: this lane's four, and those of the lanes whose number differs in bit 0, in bit 1, in both.
struct Sums {
  own: mat4x4f,
  x: mat4x4f,
  y: mat4x4f,
  diagonal: mat4x4f,
}

// Two terms of all sums.
fn step(sums: ptr<function, Sums>, rows: vec4f, columns: vec4f, next_rows: vec4f, next: vec4f) {
  (*sums).own = add_rows((*sums).own, columns, rows, next, next_rows);
  (*sums).x = add_rows((*sums).x, columns, quadSwapX(rows), next, quadSwapX(next_rows));
  (*sums).y = add_rows((*sums).y, columns, quadSwapY(rows), next, quadSwapY(next_rows));
  (*sums).diagonal = add_rows((*sums).diagonal, columns, quadSwapDiagonal(rows), next, quadSwapDiagonal(next_rows));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let depth = params.depth; // copies, since a CPU reads a uniform as slowly as any other memory
  let row_quads = params.row_quads;
  let column_quads = params.column_quads;
  let row_blocks = row_quads / 4;
  let lanes = params.batches * row_blocks * column_quads;
  let invocation = id.x + id.y * workgroups.x * 64;
  let index = min(invocation, lanes - 1); // a quad beyond the end repeats the last column, and stores nothing
  let lane = invocation % 4;
  let column = index % column_quads;
  let row = index / column_quads % row_blocks * 4;
  let batch = index / (column_quads * row_blocks);

  var left_at = batch * depth * row_quads + row + lane;
  var right_at = batch * depth * column_quads + column;
  var sums: Sums;
  for (var k = 1u; k < depth; k += 2) {
    let next_rows = vec4f(left[left_at + row_quads]);
    let next_columns = vec4f(right[right_at + column_quads]);
    step(&sums, vec4f(left[left_at]), vec4f(right[right_at]), next_rows, next_columns);
    left_at += 2 * row_quads;
    right_at += 2 * column_quads;
  }
  if (depth % 2 == 1) { step(&sums, vec4f(left[left_at]), vec4f(right[right_at]), vec4f(), vec4f()); }
  if (invocation >= lanes) { return; }
  let first = (batch * row_quads + row) * 4 * column_quads + column;
  let four_rows = 4 * column_quads;
  write_rows(first + lane * four_rows, column_quads, sums.own);
  write_rows(first + (lane ^ 1) * four_rows, column_quads, sums.x);
  write_rows(first + (lane ^ 2) * four_rows, column_quads, sums.y);
  write_rows(first + (lane ^ 3) * four_rows, column_quads, sums.diagonal);
}
`,yh=`// batchedProduct for GPUs: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c], one matrix product per batch b.
// Layout: see parts/batched_product, in vec4; R is a multiple of 16, C of 4.
// A workgroup of 8 × 8 owns 64 × 64 results: it brings 8 terms of its rows and columns into workgroup memory together, then
// each invocation multiplies 8 rows × 8 columns in registers. Each word from memory serves 64 multiply-adds instead of 16,
// and 64 sums an invocation leave a GPU registers for enough workgroups to hide its latency.

{{ENABLE_F16}}
alias Element = vec4<{{ELEMENT}}>; // as left and right are stored
alias Term = vec4<{{TERM}}>; // as they are multiplied
alias Result = vec4f;

const TERMS = 8u;
const QUADS = 16u; // of the workgroup's rows, and of its columns

var<workgroup> left_tile: array<Element, 128>; // [TERMS, QUADS]
var<workgroup> right_tile: array<Element, 128>;

// Writes four rows of one column quad; nothing beyond the edge.
fn write_sums(batch: u32, row_quad: u32, column_quad: u32, sums: mat4x4f) {
  if (row_quad >= params.row_quads || column_quad >= params.column_quads) { return; }
  write_rows((batch * params.row_quads + row_quad) * 4 * params.column_quads + column_quad, params.column_quads, sums);
}

// Brings element \`e\` of both tiles in; zero past the last term and beyond the edge.
fn load(e: u32, batch: u32, first_term: u32, first_row: u32, first_column: u32) {
  let k = first_term + e / QUADS;
  let row = first_row + e % QUADS;
  let column = first_column + e % QUADS;
  let term = batch * params.depth + k;
  var rows = Element();
  var columns = Element();
  if (k < params.depth && row < params.row_quads) { rows = left[term * params.row_quads + row]; }
  if (k < params.depth && column < params.column_quads) { columns = right[term * params.column_quads + column]; }
  left_tile[e] = rows;
  right_tile[e] = columns;
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let batch = group.z;
  let first_row = group.y * QUADS;
  let first_column = group.x * QUADS;
  // An invocation's two quads lie half a tile apart, so that neighbours read neighbouring words of workgroup memory.
  var sums00 = mat4x4f();
  var sums01 = mat4x4f();
  var sums10 = mat4x4f();
  var sums11 = mat4x4f();
  for (var first_term = 0u; first_term < params.depth; first_term += TERMS) {
    load(index, batch, first_term, first_row, first_column);
    load(index + 64, batch, first_term, first_row, first_column);
    workgroupBarrier();
    for (var k = 0u; k < TERMS; k++) {
      let rows0 = Term(left_tile[k * QUADS + local.y]);
      let rows1 = Term(left_tile[k * QUADS + local.y + 8]);
      let columns0 = Term(right_tile[k * QUADS + local.x]);
      let columns1 = Term(right_tile[k * QUADS + local.x + 8]);
      sums00 += outer(columns0, rows0);
      sums01 += outer(columns1, rows0);
      sums10 += outer(columns0, rows1);
      sums11 += outer(columns1, rows1);
    }
    workgroupBarrier();
  }
  let row = first_row + local.y;
  let column = first_column + local.x;
  write_sums(batch, row, column, sums00);
  write_sums(batch, row, column + 8, sums01);
  write_sums(batch, row + 8, column, sums10);
  write_sums(batch, row + 8, column + 8, sums11);
}
`,bh=`// Ceiling of memory: copied[i] = source[i], 16 bytes read and 16 written an element, neighbours to neighbours.
// source and copied are [count] of vec4f. An invocation copies PER_INVOCATION elements, a whole grid apart, so that at every
// moment neighbouring invocations touch neighbouring addresses; on CPU adapters more of them hide the cost of an invocation.

struct Params {
  count: u32,
}

override WORKGROUP_SIZE: u32 = 64;
override PER_INVOCATION: u32 = 1;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> copied: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = groups.x * WORKGROUP_SIZE;
  var i = id.x + id.y * row;
  for (var k = 0u; k < PER_INVOCATION; k++) {
    if (i >= params.count) { return; }
    copied[i] = source[i];
    i += row * groups.y;
  }
}
`,xh=`// Ceiling of arithmetic: eight independent chains a ← a·m + b in registers, no memory in the loop.
// One invocation runs \`rounds\` rounds of 4 steps of 8 chains: 64 · rounds FLOP a lane of {{VECTOR}} (multiply-add = 2).
// The chains converge to b / (1 − m), so nothing overflows; every chain starts elsewhere, so none can be merged;
// the sum is stored, so none can be dropped.

struct Params {
  rounds: u32,
  multiplier: f32, // m, below 1
  addend: f32, // b
}

override WORKGROUP_SIZE: u32 = 64;
alias Vector = {{VECTOR}};

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sums: array<Vector>; // [invocations]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&sums)) { return; }
  let m = Vector(params.multiplier);
  let b = Vector(params.addend);
  var a0 = Vector(f32(id.x));
  var a1 = a0 + b;
  var a2 = a1 + b;
  var a3 = a2 + b;
  var a4 = a3 + b;
  var a5 = a4 + b;
  var a6 = a5 + b;
  var a7 = a6 + b;
  for (var i = 0u; i < params.rounds; i++) {
    a0 = fma(a0, m, b); a1 = fma(a1, m, b); a2 = fma(a2, m, b); a3 = fma(a3, m, b);
    a4 = fma(a4, m, b); a5 = fma(a5, m, b); a6 = fma(a6, m, b); a7 = fma(a7, m, b);
    a0 = fma(a0, m, b); a1 = fma(a1, m, b); a2 = fma(a2, m, b); a3 = fma(a3, m, b);
    a4 = fma(a4, m, b); a5 = fma(a5, m, b); a6 = fma(a6, m, b); a7 = fma(a7, m, b);
    a0 = fma(a0, m, b); a1 = fma(a1, m, b); a2 = fma(a2, m, b); a3 = fma(a3, m, b);
    a4 = fma(a4, m, b); a5 = fma(a5, m, b); a6 = fma(a6, m, b); a7 = fma(a7, m, b);
    a0 = fma(a0, m, b); a1 = fma(a1, m, b); a2 = fma(a2, m, b); a3 = fma(a3, m, b);
    a4 = fma(a4, m, b); a5 = fma(a5, m, b); a6 = fma(a6, m, b); a7 = fma(a7, m, b);
  }
  sums[id.x] = ((a0 + a1) + (a2 + a3)) + ((a4 + a5) + (a6 + a7));
}
`,Sh=`// channelSums: s[c] (+)= factor · Σ_p a[c, p] · f(c, p), the sums behind gradients of biases, scales, slopes and BatchNorm.
// f is 1 (mode 0), b[c, p] − m[c] (1) or min(b[c, p], 0) (3: a PReLU's slope); mode 2 sums (a[c, p] − m[c])² instead, a
// variance, mode 4 (a[c, p] − b[c, p])². m counts as zero where there is none. One workgroup a channel.

struct Params {
  rows: u32, // C
  pixels: u32, // P
  mode: u32,
  has_centre: u32,
  keep: u32, // 1: what s holds is added to
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> b: array<f32>; // [C, P]
@group(0) @binding(3) var<storage, read> centre: array<f32>; // m [C]
@group(0) @binding(4) var<storage, read_write> sums: array<f32>; // s [C]

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  var middle = 0.0;
  if (params.has_centre == 1) { middle = centre[row]; }
  let first = row * params.pixels;
  var sum = 0.0;
  for (var p = local; p < params.pixels; p += WORKGROUP_SIZE) {
    let left = a[first + p];
    switch (params.mode) {
      case 0u: { sum += left; }
      case 1u: { sum += left * (b[first + p] - middle); }
      case 2u: { sum += (left - middle) * (left - middle); }
      case 4u: { sum += (left - b[first + p]) * (left - b[first + p]); }
      default: { sum += left * min(b[first + p], 0); }
    }
  }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local != 0) { return; }
  let scaled = params.factor * sum;
  if (params.keep == 1) { sums[row] += scaled; } else { sums[row] = scaled; }
}
`,Ch=`// clipNumbers: a step's numbers n, of which the last is the gradient's factor, for gradients of norm ‖g‖ = √Σ s:
// the last times min(1, most / (|factor| · ‖g‖ + 1e-6)), the others as they are (PyTorch's clip_grad_norm_). One workgroup.

struct Params {
  rows: u32, // 1
  count: u32, // of s
  numbers: u32,
  most: f32, // largest norm
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<f32>; // s [count]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // n
@group(0) @binding(3) var<storage, read_write> clipped: array<f32>; // like n

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  var sum = 0.0;
  for (var i = local; i < params.count; i += WORKGROUP_SIZE) { sum += sums[i]; }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local >= params.numbers) { return; }
  let last = numbers[params.numbers - 1];
  let factor = min(1.0, params.most / (abs(last) * sqrt(sum) + 1e-6));
  clipped[local] = numbers[local] * select(1.0, factor, local == params.numbers - 1);
}
`,wh=`// columnSums: s[c] = factor · Σ_r a[r, c]: a noise map's gradient over channels, a bias's over rows.
// One invocation a column.

struct Params {
  rows: u32,
  columns: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [rows, columns]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // [columns]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.columns) { return; }
  var sum = 0.0;
  for (var row = 0u; row < params.rows; row++) { sum += a[row * params.columns + index]; }
  sums[index] = params.factor * sum;
}
`,Th=`// conv2d as one matrix product a group, first part ("im2col"): columns[i, ky, kx, p] = the input that tap (ky, kx) of output pixel p
// reads: x[i, p·stride + k − padding] · in_scale[i] + in_shift[i], zero outside the picture.
// x [I, H, W]; columns [I·k·k, P′] with P′ = OH·OW rounded up to whole blocks.
// batched_product multiplies it with w [groups, I/groups·k·k, O/groups], conv2d_epilogue finishes. Up-convolutions take single
// pixels (k = 1) of a strip of rows.
// One invocation copies all taps of one channel at four neighbouring pixels, so that indices are divided once for four and they are
// written in vec4. Taps past the last pixel repeat it. It always loads: a CPU pays more for a branch than for a load.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32, // to the left
  first_row: i32, // of x that the first output row reads, e.g. −padding
  padded_pixels: u32, // P′, a multiple of 4
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> columns: array<vec4<{{ELEMENT}}>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let height = i32(params.height); // copies, since a CPU reads a uniform like any other memory
  let width = i32(params.width);
  let out_width = params.out_width;
  let kernel = i32(params.kernel);
  let row_quads = params.padded_pixels / 4;
  if (index >= params.in_channels * row_quads) { return; }
  let i = index / row_quads;
  let quad = index - i * row_quads;
  let pixels = min(vec4u(4 * quad) + vec4u(0, 1, 2, 3), vec4u(params.out_height * out_width - 1));
  let out_row = pixels / out_width;
  let top = vec4i(out_row * params.stride) + params.first_row;
  let left = vec4i((pixels - out_row * out_width) * params.stride) - i32(params.padding);
  let scale = in_scale(i);
  let shift = in_shift(i);

  let picture = i32(i) * height * width;
  var at = i * u32(kernel * kernel) * row_quads + quad;
  for (var ky = 0; ky < kernel; ky++) {
    let row = top + ky;
    let inside_row = (row >= vec4i()) & (row < vec4i(height));
    let first = picture + clamp(row, vec4i(), vec4i(height - 1)) * width;
    for (var kx = 0; kx < kernel; kx++) {
      let column = left + kx;
      let inside = inside_row & (column >= vec4i()) & (column < vec4i(width));
      let source = first + clamp(column, vec4i(), vec4i(width - 1));
      let value = vec4f(x[source.x], x[source.y], x[source.z], x[source.w]) * scale + shift;
      columns[at] = vec4<{{ELEMENT}}>(select(vec4f(), value, inside));
      at += row_quads;
    }
  }
}
`,Eh=`// conv2d, direct: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] · (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i])
//                             + bias[o] + noise[p] + residual[o, p]) · gain
// Layout: see parts/conv2d; vectors [n] at an offset.
// One invocation computes one element of y and loads everything itself. The rung the others are compared with.

@group(0) @binding(7) var<storage, read> w: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.groups * params.group_out * pixels) { return; }
  let o = index / pixels;
  let pixel = index % pixels;
  let group = o / params.group_out;
  let top = i32(pixel / params.out_width * params.stride) - i32(params.padding);
  let left = i32(pixel % params.out_width * params.stride) - i32(params.padding);

  var sum = 0.0;
  for (var c = 0u; c < params.group_in; c++) {
    let i = group * params.group_in + c;
    let scale = in_scale(i);
    let shift = in_shift(i);
    for (var ky = 0u; ky < params.kernel; ky++) {
      let row = top + i32(ky);
      if (row < 0 || row >= i32(params.height)) { continue; }
      for (var kx = 0u; kx < params.kernel; kx++) {
        let column = left + i32(kx);
        if (column < 0 || column >= i32(params.width)) { continue; }
        let value = x[(i * params.height + u32(row)) * params.width + u32(column)] * scale + shift;
        sum += value * w[((i * params.kernel + ky) * params.kernel + kx) * params.group_out + o % params.group_out];
      }
    }
  }
  y[index] = epilogue(sum, o, pixel, index);
}
`,Dh=`// conv2d and upConv, last part: y[o, p] = act(Σ_s sums[s, o, p] · out_scale[o] + bias[o] + noise[p] + residual[o, p]) · gain
// sums [S, O, P′] with P′ ≥ P = OH·OW: S parts of each sum ("split-K"), or one; y [O, OH, OW]; vectors [n] at an offset.
// One invocation finishes one element.

struct Params {
  out_channels: u32,
  pixels: u32, // P
  padded_pixels: u32, // P′
  parts: u32, // S
  out_scale: u32, // element offsets of the vectors
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> sums: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.out_channels * params.pixels) { return; }
  let o = index / params.pixels;
  let pixel = index - o * params.pixels;
  var sum = 0.0;
  for (var part = 0u; part < params.parts; part++) {
    sum += sums[(part * params.out_channels + o) * params.padded_pixels + pixel];
  }
  y[index] = epilogue(sum, o, pixel, index);
}
`,Oh=`// conv2d by Winograd F(2×2, 3×3) in one dispatch: y = act(conv(x · in_scale + in_shift) · out_scale + bias + noise + residual) · gain
// x [I, H, W]; w [I, 3, 3, O/4] in vec4; y [S, O, OH, OW], the sum over one part of the inputs each (S = 1: all); vectors [n] at an offset.
// A tile of 2×2 pixels is Aᵀ [Σ_i (G w Gᵀ) ⊙ (Bᵀ d B)] A of 4×4 patches d: 16 products instead of 36 (Lavin & Gray, arXiv 1509.09308).
// This file brings the pixels in and transforms them; the rest is parts/fused. Nothing between x and y touches memory. Transforming
// filters here costs some 12 % more operations, and saves a dispatch and 16/9 of their memory. f32 only.

struct Params {
  in_channels: u32,
  out_channels: u32,
  part_channels: u32, // inputs of a part, a multiple of four
  height: u32, // of x
  width: u32,
  out_height: u32,
  out_width: u32,
  padding: u32,
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
  out_scale: u32,
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

const TURNED = false;
const SIDE = 10u; // pixels that 4 × 4 tiles read, a side

var<workgroup> pixels: array<f32, 400>; // [4 inputs, SIDE, SIDE]

fn out_size() -> vec2u { return vec2u(params.out_width, params.out_height); }

// The pixel that an invocation brings in for every input.
fn pixel_of(index: u32, tiles: vec2u) -> vec2u {
  return 8 * tiles + vec2u(index % SIDE, index / SIDE) - params.padding; // negative ones wrap to large ones
}

// Brings that pixel of four inputs, zero outside the picture and past the last input.
fn load_pixels(first: u32, index: u32, pixel: vec2u) {
  if (index >= SIDE * SIDE) { return; }
  let inside = all(pixel < vec2u(params.width, params.height));
  for (var k = 0u; k < 4; k++) {
    let i = first + k;
    var value = 0.0;
    if (inside && i < params.in_channels) {
      value = x[(i * params.height + pixel.y) * params.width + pixel.x] * in_scale(i) + in_shift(i);
    }
    pixels[k * SIDE * SIDE + index] = value;
  }
}

// Row \`row\` of the frequencies of one row of tiles, of input \`k\`: Bᵀ down, B across.
fn transform_pixels(k: u32, row: u32, tiles: u32) {
  let two_rows = array(vec2u(0, 2), vec2u(1, 2), vec2u(2, 1), vec2u(1, 3))[row];
  let first = (k * SIDE + 2 * tiles + two_rows) * SIDE;
  var down: array<f32, 10>;
  for (var j = 0u; j < SIDE; j++) {
    down[j] = pixels[first.x + j] + select(-1.0, 1.0, row == 1) * pixels[first.y + j];
  }
  let at = k * 64 + row * 16 + tiles;
  patches[at] = vec4f(down[0] - down[2], down[2] - down[4], down[4] - down[6], down[6] - down[8]);
  patches[at + 4] = vec4f(down[1] + down[2], down[3] + down[4], down[5] + down[6], down[7] + down[8]);
  patches[at + 8] = vec4f(down[2] - down[1], down[4] - down[3], down[6] - down[5], down[8] - down[7]);
  patches[at + 12] = vec4f(down[1] - down[3], down[3] - down[5], down[5] - down[7], down[7] - down[9]);
}
`,kh=`// conv2d, implicit matrix product through workgroup memory: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] ·
//   (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i]) + bias[o] + noise[p] + residual[o, p]) · gain
// Layout: see parts/conv2d; w is read as vec4 over o, so O/groups is a multiple of 4; vectors [n] at an offset.
// y [S, O, OH, OW] is the sum over one part of a group's I/groups·k·k terms each (S = 1: all).
// A workgroup of 8 × 8 owns 64 channels × 32 pixels: it gathers 16 terms of both into workgroup memory, then each invocation
// multiplies 8 channels × 4 pixels in registers. One dispatch and no columns in memory, where the columns rung takes three.

@group(0) @binding(7) var<storage, read> w: array<vec4f>;

alias Term = vec4f;

const TERMS = 16u; // in workgroup memory at a time
const CHANNEL_QUADS = 16u; // of a workgroup
const PIXEL_QUADS = 8u;

var<workgroup> filters: array<vec4f, 256>; // [TERMS, CHANNEL_QUADS]
var<workgroup> pixels: array<vec4f, 128>; // [TERMS, PIXEL_QUADS]

// The digits of a term: channel of the group, row and column of the tap.
fn digits(term: u32) -> vec3u {
  return vec3u(term / params.kernel / params.kernel, term / params.kernel % params.kernel, term % params.kernel);
}

// The digits of a sum of two terms: carried, since GPUs have no unit that divides.
fn add_digits(a: vec3u, b: vec3u) -> vec3u {
  var sum = a + b;
  if (sum.z >= params.kernel) { sum = vec3u(sum.x, sum.y + 1, sum.z - params.kernel); }
  if (sum.y >= params.kernel) { sum = vec3u(sum.x + 1, sum.y - params.kernel, sum.z); }
  return sum;
}

// What a term of group \`group\` reads at four pixels whose windows begin at \`top\` and \`left\`, zero outside the picture.
fn gather(group: u32, term: vec3u, top: vec4i, left: vec4i) -> vec4f {
  let i = group * params.group_in + min(term.x, params.group_in - 1);
  let row = top + i32(term.y);
  let column = left + i32(term.z);
  let inside = (vec4u(row) < vec4u(params.height)) & (vec4u(column) < vec4u(params.width)); // negative ones wrap around
  let at = select(vec4i(), (i32(i * params.height) + row) * i32(params.width) + column, inside);
  return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) * in_scale(i) + in_shift(i), inside);
}

// Finishes four channels from \`first\` of a group on, at four pixels from \`pixel\` on; nothing beyond the edge.
fn finish(sums: mat4x4f, part: u32, group: u32, first: u32, pixel: u32) {
  if (first >= params.group_out) { return; }
  let count = params.out_height * params.out_width;
  let part_start = part * params.groups * params.group_out * count;
  for (var c = 0u; c < 4; c++) {
    let o = group * params.group_out + first + c;
    for (var p = 0u; p < 4; p++) {
      if (pixel + p >= count) { continue; }
      let element = o * count + pixel + p;
      y[part_start + element] = epilogue(sums[c][p], o, pixel + p, element);
    }
  }
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let group = tile.z % params.groups;
  let part = tile.z / params.groups;
  let quads = params.group_out / 4;
  let quad = tile.y * CHANNEL_QUADS;
  let first = tile.x * 32 + local.x * 4; // of the invocation's pixels, for which it also gathers
  let pixel = vec4i(i32(first)) + vec4i(0, 1, 2, 3);
  let top = pixel / i32(params.out_width) * i32(params.stride) - i32(params.padding);
  let left = pixel % i32(params.out_width) * i32(params.stride) - i32(params.padding);
  let terms = params.group_in * params.kernel * params.kernel;
  let end = min((part + 1) * params.part_terms, terms);
  let eight = digits(8);
  var term = digits(part * params.part_terms + local.y); // the next that this invocation gathers
  var near = mat4x4f(); // channel quads local.y and local.y + 8
  var far = mat4x4f();
  for (var first_term = part * params.part_terms; first_term < end; first_term += TERMS) {
    for (var e = index; e < TERMS * PIXEL_QUADS; e += 64) {
      pixels[e] = select(vec4f(), gather(group, term, top, left), first_term + e / PIXEL_QUADS < terms);
      term = add_digits(term, eight);
    }
    for (var e = index; e < TERMS * CHANNEL_QUADS; e += 64) {
      let row = group * terms + min(first_term + e / CHANNEL_QUADS, terms - 1);
      filters[e] = w[row * quads + min(quad + e % CHANNEL_QUADS, quads - 1)]; // what lies beyond is multiplied by zero, or not written
    }
    workgroupBarrier();
    for (var k = 0u; k < TERMS; k++) {
      near += outer(pixels[k * PIXEL_QUADS + local.x], filters[k * CHANNEL_QUADS + local.y]);
      far += outer(pixels[k * PIXEL_QUADS + local.x], filters[k * CHANNEL_QUADS + local.y + 8]);
    }
    workgroupBarrier();
  }
  finish(near, part, group, 4 * (quad + local.y), first);
  finish(far, part, group, 4 * (quad + local.y + 8), first);
}
`,Ah=`// conv2d, backward to its input, for every stride, padding and number of groups:
// dx[i, y, x] = Σ_o Σ_ab w[g, i, a, b, o] · d[o] · du[o, (y + p − a)/s, (x + p − b)/s], where both divisions leave no rest.
// One invocation a pixel of a channel. Where the stride is one, a convolution with turned filters is faster.

struct Params {
  groups: u32,
  group_in: u32,
  group_out: u32,
  height: u32, // of dx
  width: u32,
  out_height: u32, // of du
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  scale: u32, // first element of d, or ABSENT
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> du: array<f32>; // [O, OH, OW]
@group(0) @binding(2) var<storage, read> w: array<f32>; // [groups, I/groups, k, k, O/groups]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // d
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [I, H, W]

const ABSENT = 0xffffffffu; // offset of a vector that is not there

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.groups * params.group_in * pixels) { return; }
  let channel = index / pixels;
  let y = index % pixels / params.width + params.padding;
  let x = index % params.width + params.padding;
  let first_out = channel / params.group_in * params.group_out;
  let taps = params.kernel * params.kernel;
  let out_pixels = params.out_height * params.out_width;
  var sum = 0.0;
  for (var tap = 0u; tap < taps; tap++) {
    let a = tap / params.kernel;
    let b = tap % params.kernel;
    if (a > y || b > x || (y - a) % params.stride != 0 || (x - b) % params.stride != 0) { continue; }
    let row = (y - a) / params.stride;
    let column = (x - b) / params.stride;
    if (row >= params.out_height || column >= params.out_width) { continue; }
    let taps_at = (channel * taps + tap) * params.group_out;
    let at = first_out * out_pixels + row * params.out_width + column;
    for (var o = 0u; o < params.group_out; o++) {
      var term = w[taps_at + o] * du[at + o * out_pixels];
      if (params.scale != ABSENT) { term *= scales[params.scale + first_out + o]; }
      sum += term;
    }
  }
  dx[index] = sum;
}
`,jh=`// conv2d, register-tiled implicit matrix product: y[o, p] = act(out_scale[o] · Σ_i,ky,kx w[i, ky, kx, o] ·
//   (x[i, p·stride + k − padding] · in_scale[i] + in_shift[i]) + bias[o] + noise[p] + residual[o, p]) · gain
// Layout: see parts/conv2d; w is read as vec4 over o, so O/groups is a multiple of 4; vectors [n] at an offset.
// One invocation owns 8 consecutive pixels × 16 channels of y in registers: 12 loads feed 128 multiply-adds, where the
// direct rung needs two loads for each. No workgroup memory and no barrier.

@group(0) @binding(7) var<storage, read> w: array<vec4f>;

// Four channels × eight pixels; column c of each matrix is channel c.
struct Sums {
  near: mat4x4f, // the first four pixels
  far: mat4x4f,
}

fn accumulate(sums: ptr<function, Sums>, near: vec4f, far: vec4f, weights: vec4f) {
  (*sums).near += mat4x4f(near * weights.x, near * weights.y, near * weights.z, near * weights.w);
  (*sums).far += mat4x4f(far * weights.x, far * weights.y, far * weights.z, far * weights.w);
}

// Writes channel \`o\` of one pixel; nothing past the last one.
fn finish(sum: f32, o: u32, pixel: u32) {
  let pixels = params.out_height * params.out_width;
  if (pixel >= pixels) { return; }
  let element = o * pixels + pixel;
  y[element] = epilogue(sum, o, pixel, element);
}

fn finish_sums(sums: Sums, o: u32, pixel: u32) {
  for (var c = 0u; c < 4; c++) {
    for (var p = 0u; p < 4; p++) {
      finish(sums.near[c][p], o + c, pixel + p);
      finish(sums.far[c][p], o + c, pixel + 4 + p);
    }
  }
}

// Four pixels whose windows begin at rows \`top\` and columns \`left\` of x.
struct Windows {
  top: vec4i,
  left: vec4i,
}

fn windows_of(pixels: vec4i) -> Windows {
  let out_width = i32(params.out_width);
  let stride = i32(params.stride);
  let padding = i32(params.padding);
  return Windows(pixels / out_width * stride - padding, pixels % out_width * stride - padding);
}

// What tap (ky, kx) of four windows reads in the channel that begins at \`first\`, zero outside the picture.
fn gather(first: i32, windows: Windows, ky: i32, kx: i32, scale: f32, shift: f32) -> vec4f {
  let row = windows.top + ky;
  let column = windows.left + kx;
  let inside = (vec4u(row) < vec4u(params.height)) & (vec4u(column) < vec4u(params.width)); // negative ones wrap around
  let at = select(vec4i(0), first + row * i32(params.width) + column, inside);
  return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) * scale + shift, inside);
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 16;
  let pixel_blocks = (params.out_height * params.out_width + 7) / 8;
  let channel_blocks = (params.group_out + 15) / 16;
  if (index >= params.groups * channel_blocks * pixel_blocks) { return; }
  let pixel = index % pixel_blocks * 8;
  let channel_block = index / pixel_blocks % channel_blocks;
  let group = index / (pixel_blocks * channel_blocks);
  let near = windows_of(vec4i(i32(pixel)) + vec4i(0, 1, 2, 3));
  let far = windows_of(vec4i(i32(pixel)) + vec4i(4, 5, 6, 7));

  let quads = params.group_out / 4;
  let last = quads - 1; // a block that hangs over reads the last channels again and does not write them
  let quad = channel_block * 4;
  var sums0: Sums;
  var sums1: Sums;
  var sums2: Sums;
  var sums3: Sums;
  for (var c = 0u; c < params.group_in; c++) {
    let i = group * params.group_in + c;
    let first = i32(i * params.height * params.width);
    let scale = in_scale(i);
    let shift = in_shift(i);
    var row = i * params.kernel * params.kernel * quads;
    for (var ky = 0; ky < i32(params.kernel); ky++) {
      for (var kx = 0; kx < i32(params.kernel); kx++) {
        let values = gather(first, near, ky, kx, scale, shift);
        let more = gather(first, far, ky, kx, scale, shift);
        accumulate(&sums0, values, more, w[row + quad]);
        accumulate(&sums1, values, more, w[row + min(quad + 1, last)]);
        accumulate(&sums2, values, more, w[row + min(quad + 2, last)]);
        accumulate(&sums3, values, more, w[row + min(quad + 3, last)]);
        row += quads;
      }
    }
  }
  let o = group * params.group_out + channel_block * 16;
  finish_sums(sums0, o, pixel);
  if (quad + 1 <= last) { finish_sums(sums1, o + 4, pixel); }
  if (quad + 2 <= last) { finish_sums(sums2, o + 8, pixel); }
  if (quad + 3 <= last) { finish_sums(sums3, o + 12, pixel); }
}
`,Mh=`// demodulation: factors[o] = 1 / √(Σ_i styles[i]² · energy[i, o] + 1e−8), the output channels of all layers in one dispatch.
// table [ΣO, 4] says for each output channel where its layer's styles begin, its I, its O, and where energy[0, o] is.
// Neighbouring invocations read neighbouring channels' energies, sixteen or more in a row. A few thousand channels do not fill a GPU:
// there SHARERS invocations each sum a part of a channel's inputs, and add up through workgroup memory; on a CPU a barrier costs more
// than it saves.

struct Params {
  channels: u32, // ΣO
}

override SHARERS: u32 = 1; // invocations a channel, a power of two
const WORKGROUP_SIZE = 256u;
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> styles: array<f32>; // of all layers
@group(0) @binding(2) var<storage, read> energy: array<f32>; // [I, O] of all layers
@group(0) @binding(3) var<storage, read> table: array<vec4f>; // [ΣO], whole numbers
@group(0) @binding(4) var<storage, read_write> factors: array<f32>; // [ΣO]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let own = WORKGROUP_SIZE / SHARERS; // channels that a workgroup owns
  let o = group.x * own + local % own;
  let row = vec4u(table[min(o, params.channels - 1)]);
  var sum = 0.0;
  for (var i = local / own; i < row.y; i += SHARERS) {
    let style = styles[row.x + i];
    sum += style * style * energy[row.w + i * row.z];
  }
  if (SHARERS > 1) { sum = shared_sum(sum, local, own); }
  if (local >= own || o >= params.channels) { return; }
  factors[o] = inverseSqrt(sum + 1e-8);
}
`,Nh=`// demodulation of one layer, backward, v[o] = d[o]³ · dd[o]:
// dE[i, o] = −½ · v[o] · s[i]², ds[i] = −s[i] · Σ_o v[o] · E[i, o]. One workgroup an input channel.

struct Params {
  rows: u32, // input channels
  out_channels: u32,
  style: u32, // first element of s and ds
  energy: u32, // of E and dE
  channel: u32, // of d and dd
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> styles: array<f32>; // s
@group(0) @binding(2) var<storage, read> energies: array<f32>; // E
@group(0) @binding(3) var<storage, read> factors: array<f32>; // d
@group(0) @binding(4) var<storage, read> dfactors: array<f32>; // dd
@group(0) @binding(5) var<storage, read_write> dstyles: array<f32>; // ds
@group(0) @binding(6) var<storage, read_write> denergies: array<f32>; // dE

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  let style = styles[params.style + row];
  let first = params.energy + row * params.out_channels;
  var sum = 0.0;
  for (var o = local; o < params.out_channels; o += WORKGROUP_SIZE) {
    let d = factors[params.channel + o];
    let v = d * d * d * dfactors[params.channel + o];
    sum += v * energies[first + o];
    denergies[first + o] = -0.5 * v * style * style;
  }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local == 0) { dstyles[params.style + row] = -styles[params.style + row] * sum; }
}
`,Ph=`// Depthwise convolution: y[c, p] = Σ_ky,kx w[c, ky, kx] · x[c, p·stride + k − padding], zero outside the picture.
//
// x [≥ C, H, W]; w [C, k, k]; y [C, OH, OW]. One invocation computes a block of four columns and ROWS rows from a window of the picture that
// it loads once. Loads are what such a sum waits for: a block of 4 × 4 has 36 of them at k = 3 where results of their own would have
// 144. Every sum reads one channel only, so there is nothing to share. All loops are written out: CPU adapters keep an array that is
// indexed by a variable in memory.

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  padding: u32, // above and to the left
}

const KERNEL: u32 = {{KERNEL}};
const STRIDE: u32 = {{STRIDE}};
const ROWS: u32 = {{ROWS}};
const TAPS: u32 = {{TAPS}}; // KERNEL²
alias Row = array<f32, {{SPAN}}>; // 3 · STRIDE + KERNEL values that four results read
alias Window = array<Row, {{WINDOW_ROWS}}>; // (ROWS − 1) · STRIDE + KERNEL of them

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// One value of a picture's row that begins at \`start\`, zero beside it.
fn value_at(start: i32, place: i32, within: bool) -> f32 {
  let inside = within && place >= 0 && place < i32(params.width);
  return select(0.0, x[start + clamp(place, 0, i32(params.width) - 1)], inside);
}

// Values of row \`at\` from column \`left\` on.
fn row_at(channel: u32, at: i32, left: i32) -> Row {
  let within = at >= 0 && at < i32(params.height);
  let start = i32((channel * params.height + u32(clamp(at, 0, i32(params.height) - 1))) * params.width);
  var row: Row;
  #for K in SPAN
  row[{{K}}] = value_at(start, left + {{K}}, within);
  #end
  return row;
}

fn four_of(row: Row, first: u32) -> vec4f {
  return vec4f(row[first], row[first + STRIDE], row[first + 2 * STRIDE], row[first + 3 * STRIDE]);
}

// Writes what there is of four results.
fn write_four(to: u32, count: u32, sums: vec4f) {
  y[to] = sums.x;
  if (count > 1) { y[to + 1] = sums.y; }
  if (count > 2) { y[to + 2] = sums.z; }
  if (count > 3) { y[to + 3] = sums.w; }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let across = (params.out_width + 3) / 4;
  let down = (params.out_height + ROWS - 1) / ROWS;
  if (index >= params.channels * down * across) { return; }
  let column = 4 * (index % across);
  let row = ROWS * (index / across % down);
  let channel = index / (across * down);
  let top = i32(row * STRIDE) - i32(params.padding);
  let left = i32(column * STRIDE) - i32(params.padding);
  var weights: array<f32, {{TAPS}}>;
  #for I in TAPS
  weights[{{I}}] = w[channel * TAPS + {{I}}];
  #end
  var window: Window;
  #for I in WINDOW_ROWS
  window[{{I}}] = row_at(channel, top + {{I}}, left);
  #end
  var sums: array<vec4f, {{ROWS}}>;
  #for T in ALL_TAPS
  sums[{{T}} / TAPS] += weights[{{T}} % TAPS] * four_of(window[{{T}} / TAPS * STRIDE + {{T}} % TAPS / KERNEL], {{T}} % KERNEL);
  #end
  let to = (channel * params.out_height + row) * params.out_width + column;
  let count = params.out_width - column;
  #for R in ROWS
  if (row + {{R}} < params.out_height) { write_four(to + {{R}} * params.out_width, count, sums[{{R}}]); }
  #end
}
`,Fh=`// A convolution's epilogue y = act(u) · gain, u = z · d[o] + bias[o] + noise + residual, backward, in one pass over the picture:
// du = dy · gain · (1 where y > 0, else slope), and the sums S[part, o] = (Σ du, Σ du · z · d[o]) of the gradients to bias and output
// scale d, which epilogue_sums finishes. z is not kept: u is found from y (slope and gain are positive; of a ReLU's zeros du is zero
// anyway). One workgroup a part of a channel's pixels.

struct Params {
  channels: u32, // O
  pixels: u32, // P
  part_pixels: u32, // of a part
  bias: u32, // first element of the bias, or ABSENT
  has_noise: u32,
  has_residual: u32,
  slope: f32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // [O, P]
@group(0) @binding(2) var<storage, read> y: array<f32>; // [O, P]
@group(0) @binding(3) var<storage, read> biases: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>; // [P]
@group(0) @binding(5) var<storage, read> residual: array<f32>; // [O, P]
@group(0) @binding(6) var<storage, read_write> du: array<f32>; // [O, P]
@group(0) @binding(7) var<storage, read_write> sums: array<vec2f>; // S [parts, O]

alias Partial = vec2f; // of parts/tree_sum
const WORKGROUP_SIZE = 64u;
const ABSENT = 0xffffffffu;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let channel = group.x;
  let first = channel * params.pixels;
  let begin = group.y * params.part_pixels;
  let end = min(begin + params.part_pixels, params.pixels);
  let has_bias = params.bias != ABSENT;
  let bias = select(0.0, biases[select(0, params.bias + channel, has_bias)], has_bias);
  let has_noise = params.has_noise == 1;
  let has_residual = params.has_residual == 1;
  let unscaled = 1 / params.gain;
  let unscaled_below = 1 / (params.gain * params.slope);
  let below = params.gain * params.slope;
  var sum = vec2f();
  for (var p = begin + local; p < end; p += WORKGROUP_SIZE) {
    let out = y[first + p];
    let gradient = dy[first + p] * select(below, params.gain, out > 0);
    var around = bias + select(0.0, noise[select(0, p, has_noise)], has_noise);
    around += select(0.0, residual[select(0, first + p, has_residual)], has_residual);
    let u = out * select(unscaled_below, unscaled, out >= 0);
    du[first + p] = gradient;
    sum += vec2f(gradient, gradient * (u - around));
  }
  let all = tree_sum_for_all(sum, local);
  if (local == 0) { sums[group.y * params.channels + channel] = all; }
}
`,Ih=`// The sums of epilogue_backward, finished: dbias[o] = Σ_part S[part, o].x and dd[o] = Σ_part S[part, o].y / d[o].
// One invocation a channel.

struct Params {
  channels: u32, // O
  parts: u32,
  scale: u32, // first element of d, or ABSENT
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec2f>; // S [parts, O]
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> dbias: array<f32>; // [O]
@group(0) @binding(4) var<storage, read_write> dscale: array<f32>; // dd [O]

const ABSENT = 0xffffffffu;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.channels) { return; }
  var sum = vec2f();
  for (var part = 0u; part < params.parts; part++) { sum += sums[part * params.channels + id.x]; }
  let has_scale = params.scale != ABSENT;
  dbias[id.x] = sum.x;
  dscale[id.x] = sum.y / select(1.0, scales[select(0, params.scale + id.x, has_scale)], has_scale);
}
`,Lh=`// fill: t[i] = value: a gradient that several ops will write parts of.
// One invocation an element.

struct Params {
  count: u32,
  value: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> target_values: array<f32>; // [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  target_values[index] = params.value;
}
`,Rh=`// y[i] = strength · N(0, 1), a pure function of (seed, stream, i): the same seed gives the same bits on every device, and the same
// picture but for what each device's log, sin and cos round.
//
// Threefry-2x32 with 20 rounds (Salmon et al., «Parallel random numbers: as easy as 1, 2, 3», SC 2011) turns key (seed, stream)
// and counter (i / 2, 0) into 64 random bits without any state; Box–Muller makes two normal numbers of them.
// One invocation a pair.

struct Params {
  n: u32,
  stream: u32, // which sequence of the seed, e.g. the layer
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> seed: array<u32>; // [1]
@group(0) @binding(2) var<storage, read> strength: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // [n]

const ROTATIONS = array(vec4(13u, 15u, 26u, 6u), vec4(17u, 29u, 16u, 24u));
const PI = 3.14159265;

// Four rounds of the mix with one row of rotations.
fn rounds(x: vec2<u32>, rotations: vec4<u32>) -> vec2<u32> {
  var y = x;
  for (var i = 0u; i < 4; i++) {
    y.x += y.y;
    y.y = ((y.y << rotations[i]) | (y.y >> (32 - rotations[i]))) ^ y.x;
  }
  return y;
}

fn threefry(key: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
  let keys = vec3(key, key.x ^ key.y ^ 0x1BD11BDAu);
  var x = counter + key;
  for (var i = 0u; i < 5; i++) {
    x = rounds(x, ROTATIONS[i % 2]);
    x += vec2(keys[(i + 1) % 3], keys[(i + 2) % 3] + i + 1);
  }
  return x;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let pair = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (2 * pair >= params.n) {
    return;
  }
  let bits = threefry(vec2(seed[0], params.stream), vec2(pair, 0));
  // 24 bits each: u in (0, 1], the angle in [-π, π), where cos and sin are most exact.
  let u = (f32(bits.x >> 8) + 1) * exp2(-24.0);
  let angle = (f32(bits.y >> 8) * exp2(-23.0) - 1) * PI;
  let radius = strength[0] * sqrt(max(0, -2 * log(u))); // near 1 a device's log may come out above zero
  output[2 * pair] = radius * cos(angle);
  if (2 * pair + 1 < params.n) {
    output[2 * pair + 1] = radius * sin(angle);
  }
}
`,zh=`// fir: y = gain · every down-th pixel of (f ⊗ f) * (x with up − 1 zeros between its pixels), f = [1, 3, 3, 1] / 8: StyleGAN2's upfirdn2d.
// y[Y] = gain · Σ_a f[a] · u[Y · down + a − pad] a direction. It is its own backward with up and down exchanged and pad 3 − pad,
// since f is symmetric. One invocation a pixel of a channel.

const TAPS = vec4f(OUTER, INNER, INNER, OUTER);

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.channels * pixels) { return; }
  let channel = params.first_channel + index / pixels;
  let top = i32(index % pixels / params.out_width * params.down) - i32(params.pad);
  let left = i32(index % params.out_width * params.down) - i32(params.pad);
  let up = i32(params.up);
  var sum = 0.0;
  for (var a = 0; a < 4; a++) {
    let row = top + a;
    if (row < 0 || row % up != 0 || row / up >= i32(params.height)) { continue; }
    for (var b = 0; b < 4; b++) {
      let column = left + b;
      if (column < 0 || column % up != 0 || column / up >= i32(params.width)) { continue; }
      let at = (channel * params.height + u32(row / up)) * params.width + u32(column / up);
      sum += TAPS[a] * TAPS[b] * x[at];
    }
  }
  y[index] = params.gain * sum;
}
`,Bh=`// fir where up and down are 1, so that sizes stay about the same: y = gain · (f ⊗ f) * x, f = [1, 3, 3, 1] / 8, zero around x: see fir.
// y[Y, X] = gain · Σ_ab f[a] · f[b] · x[Y + a − pad, X + b − pad].
// One invocation makes 4 × 4 pixels of a channel from 7 × 7: columns first, then rows; 3 loads a pixel instead of 16.

const SIDE = 4u; // of a block

// Pixel \`column\` of the row that begins at \`row\`, zero outside. It always loads: a CPU pays more for a branch than for a load.
fn load(row: u32, column: i32, inside: bool) -> f32 {
  let value = x[row + u32(clamp(column, 0, i32(params.width) - 1))];
  return select(0.0, value, inside && column >= 0 && column < i32(params.width));
}

// Four pixels of row \`line\` of a channel from column \`left\` on, filtered along the row.
fn filtered(channel: u32, line: i32, left: i32) -> vec4f {
  let inside = line >= 0 && line < i32(params.height);
  let row = (channel * params.height + u32(clamp(line, 0, i32(params.height) - 1))) * params.width;
  #for N in 7
  let x{{N}} = load(row, left + {{N}}, inside);
  #end
  return OUTER * (vec4f(x0, x1, x2, x3) + vec4f(x3, x4, x5, x6)) + INNER * (vec4f(x1, x2, x3, x4) + vec4f(x2, x3, x4, x5));
}

// Writes a row of the block as far as it is inside.
fn store(at: u32, left: u32, values: vec4f) {
  for (var i = 0u; i < min(SIDE, params.out_width - left); i++) { y[at + i] = params.gain * values[i]; }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let across = (params.out_width + SIDE - 1) / SIDE;
  let blocks = across * ((params.out_height + SIDE - 1) / SIDE);
  if (index >= params.channels * blocks) { return; }
  let channel = index / blocks;
  let top = index % blocks / across * SIDE;
  let left = index % across * SIDE;
  #for R in 7
  let row{{R}} = filtered(params.first_channel + channel, i32(top + {{R}}) - i32(params.pad), i32(left) - i32(params.pad));
  #end
  let sums = array<vec4f, 4>(
    OUTER * (row0 + row3) + INNER * (row1 + row2),
    OUTER * (row1 + row4) + INNER * (row2 + row3),
    OUTER * (row2 + row5) + INNER * (row3 + row4),
    OUTER * (row3 + row6) + INNER * (row4 + row5));
  #for R in 4
  if (top + {{R}} < params.out_height) {
    store((channel * params.out_height + top + {{R}}) * params.out_width + left, left, sums[{{R}}]);
  }
  #end
}
`,Vh=`// gatherRows: r[q, tap, c] = what pixel q of a convolution's output reads: its taps of every channel, pixel by pixel, so that a product
// over pixels of two such matrices is the gradient of the filter. C′ is C rounded up to 4; rows of r may be longer, their rest is not
// written. Channels beyond C and pixels beyond the last are zero.
// Scale and shift of the input act inside the picture only, as in the convolution. One invocation copies all taps of four channels at
// one pixel, so that numbers are divided once for all of them and written in vec4.

struct Params {
  first_channel: u32,
  channels: u32, // C
  height: u32,
  width: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  first_pixel: u32, // of the strip
  pixels: u32, // Q, of the strip
  all_pixels: u32, // of the picture
  row_quads: u32, // of r
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<f32>; // [≥ first + C, H, W]
@group(0) @binding(4) var<storage, read_write> rows: array<vec4f>; // r [Q, row_quads]

alias Mask = vec4<bool>; // a channel each

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let quads = (params.channels + 3) / 4;
  if (index >= params.pixels * quads) { return; }
  let strip_pixel = index / quads;
  let quad = index - strip_pixel * quads;
  let pixel = params.first_pixel + strip_pixel;
  let out_row = pixel / params.out_width;
  let top = i32(out_row * params.stride) - i32(params.padding);
  let left = i32((pixel - out_row * params.out_width) * params.stride) - i32(params.padding);
  let wanted = vec4u(4 * quad) + vec4u(0, 1, 2, 3);
  let channel = params.first_channel + min(wanted, vec4u(params.channels - 1));
  let used = (wanted < vec4u(params.channels)) & Mask(pixel < params.all_pixels);
  let scale = vec4f(in_scale(channel.x), in_scale(channel.y), in_scale(channel.z), in_scale(channel.w));
  let shift = vec4f(in_shift(channel.x), in_shift(channel.y), in_shift(channel.z), in_shift(channel.w));
  let picture = channel * params.height * params.width;
  let kernel = i32(params.kernel);
  let height = i32(params.height);
  let width = i32(params.width);

  var at = strip_pixel * params.row_quads + quad;
  for (var ky = 0; ky < kernel; ky++) {
    let row = top + ky;
    let inside_row = row >= 0 && row < height;
    let first = clamp(row, 0, height - 1) * width;
    for (var kx = 0; kx < kernel; kx++) {
      let column = left + kx;
      let inside = used & Mask(inside_row && column >= 0 && column < width);
      let source = picture + u32(first + clamp(column, 0, width - 1));
      let value = vec4f(x[source.x], x[source.y], x[source.z], x[source.w]) * scale + shift;
      rows[at] = select(vec4f(), value, inside);
      at += quads;
    }
  }
}
`,Hh=`// y[c] = mean over the pixels of x[c, :, :].
//
// x [C, H, W], y [C]. One workgroup a channel: its invocations stride over the pixels and add up through workgroup memory.

struct Params {
  channels: u32,
  pixels: u32, // H·W
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u; // a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [C]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = group.y * groups.x + group.x;
  var sum = 0.0;
  if (channel < params.channels) {
    for (var i = local; i < params.pixels; i += WORKGROUP_SIZE) {
      sum += input[channel * params.pixels + i];
    }
  }
  sum = tree_sum(sum, local, WORKGROUP_SIZE);
  if (local == 0 && channel < params.channels) {
    output[channel] = sum / f32(params.pixels);
  }
}
`,Uh=`// gradientLoss, rows: with d = x − target, s[r] = Σ_x (d[r, x + 1] − d[r, x])² + (d[r + 1, x] − d[r, x])², neighbours inside the picture
// alone; r runs over all rows of all channels. One workgroup a row.

struct Params {
  rows: u32, // C · H
  height: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // target [C, H, W]
@group(0) @binding(3) var<storage, read_write> sums: array<f32>; // s [C · H]

alias Partial = f32;

fn difference(at: u32) -> f32 {
  return x[at] - wanted[at];
}

fn part_of(row: u32, local: u32) -> f32 {
  let first = row * params.width;
  let is_last = row % params.height == params.height - 1;
  var sum = 0.0;
  for (var i = local; i < params.width; i += WORKGROUP_SIZE) {
    let here = difference(first + i);
    if (i + 1 < params.width) {
      let across = difference(first + i + 1) - here;
      sum += across * across;
    }
    if (!is_last) {
      let down = difference(first + params.width + i) - here;
      sum += down * down;
    }
  }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local == 0) { sums[row] = sum; }
}
`,Wh=`// gradientLoss, backward: with d = x − target, dx[p] = dvalue · factor · Σ (d[p] − d[q]) over the up to four neighbours q of p.
// One invocation a pixel of a channel.

struct Params {
  count: u32, // C · H · W
  height: u32,
  width: u32,
  factor: f32, // 2 / count
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // target [C, H, W]
@group(0) @binding(3) var<storage, read> dvalue: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [C, H, W]

fn difference(at: u32) -> f32 {
  return x[at] - wanted[at];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let column = index % params.width;
  let line = index / params.width % params.height;
  let here = difference(index);
  var sum = 0.0;
  if (column > 0) { sum += here - difference(index - 1); }
  if (column + 1 < params.width) { sum += here - difference(index + 1); }
  if (line > 0) { sum += here - difference(index - params.width); }
  if (line + 1 < params.height) { sum += here - difference(index + params.width); }
  dx[index] = dvalue[0] * params.factor * sum;
}
`,Gh=`// half: y[i] = f16(x[i]), e.g. a filter bank that a product reads as f16.
// One invocation an element.

enable f16;

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f16>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  y[index] = f16(x[index]);
}
`,Kh=`// latents[r, d] = base[r, d] + added[r, d]
// One invocation an element of latents [rows, D]. base and added have \`rows\` rows, or one row that serves all.

struct Params {
  rows: u32,
  features: u32, // D
  base_rows: u32,
  added_rows: u32, // 0: nothing is added
}

override WORKGROUP_SIZE: u32 = 64;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> base: array<f32>;
@group(0) @binding(2) var<storage, read> added: array<f32>;
@group(0) @binding(3) var<storage, read_write> latents: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.rows * params.features) { return; }
  let row = i / params.features;
  let d = i % params.features;
  var value = base[min(row, params.base_rows - 1) * params.features + d];
  if (params.added_rows > 0) { value += added[min(row, params.added_rows - 1) * params.features + d]; }
  latents[i] = value;
}
`,qh=`// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r], on CPU adapters: an invocation owns eight rows, and no one shares anything.
//
// W [rows, z], Δ [rows] = [out, in]; the state is in parts/layer_head.
// A load costs a CPU as much as some 30 multiply-adds and a barrier far more: every code that is loaded serves all rows of an
// invocation. They lie a stride apart, so that neighbours work on neighbouring rows. \`layer_head_shared.wgsl\` is for GPUs.

override WORKGROUP_SIZE: u32;

fn product4(a: vec4f, b: vec4f) -> f32 { return dot(a, b); }
fn product1(a: f32, b: f32) -> f32 { return a * b; }

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let stride = (params.rows + 7) / 8;
  if (row >= stride) { return; }
  let first = params.state_row * (params.z + 1);
  let step = stride * params.columns;
  // The last rows of a stride that does not divide them read what a robust read gives, and are not stored.
  var at = row * params.columns;
  #for R in 8
  var sum{{R}} = 0.0;
  #end
  for (var k = 0u; k < params.columns; k++) {
    let code = code_at(first + k * {{WIDTH}});
    #for R in 8
    sum{{R}} += product{{WIDTH}}(weight_at(at + {{R}} * step), code);
    #end
    at++;
  }
  #for R in 8
  store(row + {{R}} * stride, sum{{R}});
  #end
}
`,Jh=`// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r]: the last map of a layer's refinement block, applied to its summed code,
// for heads too large for any cache.
//
// W [rows, z], Δ [rows] = [out, in]; the state is in parts/layer_head.
// A matrix-vector product bound by reading W: the workgroup keeps the code in workgroup memory, LANES invocations read a
// weight row together (a 128-byte line each time), and every one of them reads two lines of two rows at once: four reads in flight.

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const LANES = {{LANES}}u; // invocations that share a row, a power of two
const TILE = {{TILE}}u; // vectors of the code kept at a time
alias Partial = vec2f; // of two rows

var<workgroup> codes: array<Vector, TILE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let slots = WORKGROUP_SIZE / LANES;
  let lane = local % LANES;
  let row = (group.y * groups.x + group.x) * slots * 2 + local / LANES; // and row + slots
  let first = params.state_row * (params.z + 1);
  // Rows past the end read row 0 and are not stored.
  let near_row = select(0, row, row < params.rows) * params.columns;
  let far_row = select(0, row + slots, row + slots < params.rows) * params.columns;

  var near_sum = Vector();
  var far_sum = Vector();
  for (var start = 0u; start < params.columns; start += TILE) {
    let count = min(TILE, params.columns - start);
    workgroupBarrier();
    for (var i = local; i < count; i += WORKGROUP_SIZE) { codes[i] = code_at(first + (start + i) * {{WIDTH}}); }
    workgroupBarrier();
    for (var i = lane; i < count; i += 2 * LANES) {
      let j = min(i + LANES, count - 1);
      let near = weight_at(near_row + start + i); // all four before the first is waited for
      let near_next = weight_at(near_row + start + j);
      let far = weight_at(far_row + start + i);
      let far_next = weight_at(far_row + start + j);
      let next = codes[j] * select(0.0, 1.0, i + LANES < count);
      near_sum += near * codes[i] + near_next * next;
      far_sum += far * codes[i] + far_next * next;
    }
  }
  let sums = tree_sum(vec2f(total(near_sum), total(far_sum)), local, LANES);
  if (lane != 0) { return; }
  store(row, sums.x);
  store(row + slots, sums.y);
}
`,Yh=`// y[r, o] = gain · leaky(weight_scale · Σ_k x[r, k]·W[o, k] + bias_scale · b[o]) + add[r, o]
//
// x [rows, n], W [m, n] (or [rows, m, n] when every row has its own layer), b [m] or [rows, m], add [1 or rows, m].
// One workgroup computes WORKGROUP_SIZE / LANES outputs of one row. The LANES invocations of an output read consecutive
// vectors of its weight row (a 128-byte line together), then add up. The layer is bound by reading W; x stays in the cache.

struct Params {
  columns: u32, // n in vectors
  outputs: u32, // m
  input_row: u32, // first row of x that is read
  group_stride: u32, // weight rows between input rows: m when every row has its own layer, or 0
  add_stride: u32, // elements between rows of add: m, or 0 when one row serves all
  weight_scale: f32,
  bias_scale: f32,
  slope: f32, // of the negative side; 1 is no activation
  gain: f32,
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const LANES = {{LANES}}u; // invocations that share an output, a power of two
override HAS_BIAS: bool;
override HAS_ADD: bool;
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> input: array<Vector>; // [rows, n]
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [m] or [rows, m]
@group(0) @binding(5) var<storage, read> add: array<f32>; // [1 or rows, m]
@group(0) @binding(6) var<storage, read_write> output: array<f32>; // [rows, m]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let o = group.x * (WORKGROUP_SIZE / LANES) + local / LANES;
  let lane = local % LANES;
  let row = group.y;
  let weight_row = o + row * params.group_stride;
  let inside = o < params.outputs;

  var sum = Vector();
  if (inside) {
    let first = (params.input_row + row) * params.columns;
    for (var k = lane; k < params.columns; k += LANES) {
      sum += weight_at(weight_row * params.columns + k) * input[first + k];
    }
  }
  let product = tree_sum(total(sum), local, LANES);
  if (lane != 0 || !inside) { return; }

  var value = params.weight_scale * product;
  if (HAS_SCALES) { value *= scales[weight_row]; }
  if (HAS_BIAS) { value += params.bias_scale * bias[weight_row]; }
  value = params.gain * select(params.slope * value, value, value >= 0);
  if (HAS_ADD) { value += add[row * params.add_stride + o]; }
  output[row * params.outputs + o] = value;
}
`,Xh=`// LPIPS at one tap: d[p] = Σ_c w[c] · (x[c, p] / (‖x[:, p]‖ + ε) − t[c, p] / (‖t[:, p]‖ + ε))², ε = 1e-10 (Zhang et al. 2018).
// One invocation a pixel.

@group(0) @binding(4) var<storage, read_write> distances: array<f32>; // d [P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.pixels) { return; }
  let by_x = 1 / (length_x(index) + EPSILON);
  let by_target = 1 / (length_target(index) + EPSILON);
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    let at = c * params.pixels + index;
    let difference = x[at] * by_x - wanted[at] * by_target;
    sum += weights[c] * difference * difference;
  }
  distances[index] = sum;
}
`,Zh=`// LPIPS at one tap, backward to x. With n = ‖x[:, p]‖, r = 1 / (n + ε), e[c] = dd[p] · 2 w[c] · (x̂[c] − t̂[c]):
// dx[c] = r · e[c] − x[c] · r² / n · Σ_k e[k] · x[k], zero where n is. One invocation a pixel.

@group(0) @binding(4) var<storage, read> ddistances: array<f32>; // dd [P]
@group(0) @binding(5) var<storage, read_write> dx: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.pixels) { return; }
  let n = length_x(index);
  let by_x = 1 / (n + EPSILON);
  let by_target = 1 / (length_target(index) + EPSILON);
  var along = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    let at = c * params.pixels + index;
    let e = 2 * ddistances[index] * weights[c] * (x[at] * by_x - wanted[at] * by_target);
    dx[at] = by_x * e;
    along += e * x[at];
  }
  var radial = 0.0;
  if (n > 0) { radial = along * by_x * by_x / n; }
  for (var c = 0u; c < params.channels; c++) {
    let at = c * params.pixels + index;
    dx[at] = select(0, dx[at] - x[at] * radial, n > 0);
  }
}
`,Qh=`// maxPool: y[c, Y, X] = the largest pixel of a k × k window that begins at (Y, X) · stride − padding; outside the picture is −∞.
// y [O, OH, OW], O ≥ C: channels beyond the input's are 0. One invocation a window of a channel.

@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [O, OH, OW]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let windows = params.out_height * params.out_width;
  if (index >= params.out_channels * windows) { return; }
  let c = index / windows;
  var largest = 0.0;
  if (c < params.channels) {
    let at = winner(c, index % windows / params.out_width, index % params.out_width);
    largest = input[c * params.height * params.width + at];
  }
  output[index] = largest;
}
`,$h=`// maxPool, backward: dx[c, y, x] = Σ dy over the windows whose first largest pixel this is; they are searched again.
// One invocation a pixel of a channel.

@group(0) @binding(2) var<storage, read> dy: array<f32>; // [C, OH, OW]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [C, H, W]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let c = index / pixels;
  let y = index % pixels / params.width + params.padding;
  let x = index % params.width + params.padding;
  let lead = params.kernel - 1;
  let last_row = min(y / params.stride, params.out_height - 1);
  let last_column = min(x / params.stride, params.out_width - 1);
  var sum = 0.0;
  for (var row = (max(y, lead) - lead + params.stride - 1) / params.stride; row <= last_row; row++) {
    for (var column = (max(x, lead) - lead + params.stride - 1) / params.stride; column <= last_column; column++) {
      if (winner(c, row, column) == index % pixels) {
        sum += dy[(c * params.out_height + row) * params.out_width + column];
      }
    }
  }
  dx[index] = sum;
}
`,eg=`// mixed[r, k] += weight[first + r] * sums[r, k]: one person's share of the codes that re-tune the generator, counts included.
// One invocation an element of mixed [rows, width]; sums is laid out alike.

struct Params {
  rows: u32,
  width: u32,
  first_weight: u32,
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> mixed: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.rows * params.width) {
    return;
  }
  mixed[i] += weights[params.first_weight + i / params.width] * sums[i];
}
`,tg=`// muonApply: p[r, c] = p[r, c] − numbers[0] · scale · t[r, c], or t[c, r] where p is wider than tall: Muon's last part.
// One invocation an element.

struct Params {
  rows: u32,
  columns: u32,
  padded_short: u32, // columns of t
  wide: u32, // 1: p has more columns than rows
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tall: array<f32>; // t [L′, S′]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // [2]
@group(0) @binding(3) var<storage, read_write> parameter: array<f32>; // p [rows, columns]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.columns) { return; }
  let row = index / params.columns;
  let column = index % params.columns;
  let at = select(row * params.padded_short + column, column * params.padded_short + row, params.wide == 1);
  parameter[index] -= numbers[0] * params.scale * tall[at];
}
`,ng=`// Muon, first part: m ← β m + g, and the direction u = g + β m (Nesterov) as a tall matrix with whole blocks of rows and columns:
// t[l, s] = u[l, s], or u[s, l] where u is wider than tall; zero beyond. g is the gradient times numbers[1].
// One invocation an element of t.

struct Params {
  count: u32, // of t
  rows: u32, // of u
  columns: u32,
  padded_short: u32, // columns of t
  wide: u32, // 1: u has more columns than rows
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // [rows, columns]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // [2]
@group(0) @binding(3) var<storage, read_write> momentum: array<f32>; // m [rows, columns]
@group(0) @binding(4) var<storage, read_write> tall: array<f32>; // t [L′, S′]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let l = index / params.padded_short;
  let s = index % params.padded_short;
  let row = select(l, s, params.wide == 1);
  let column = select(s, l, params.wide == 1);
  var direction = 0.0;
  if (row < params.rows && column < params.columns) {
    let at = row * params.columns + column;
    let g = gradient[at] * numbers[1];
    let m = params.beta * momentum[at] + g;
    momentum[at] = m;
    direction = g + params.beta * m;
  }
  tall[index] = direction;
}
`,rg=`// muonNormalise: t = t / (√s + 1e-7), s the sum of squares of t, so that no singular value is above 1.
// One invocation an element.

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> squares: array<f32>; // s [1]
@group(0) @binding(2) var<storage, read_write> tall: array<f32>; // t [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  tall[index] /= sqrt(squares[0]) + 1e-7;
}
`,ig=`// Muon, a turn of Newton and Schulz: q = a I + b G + c G², by which t is multiplied next; G = tᵀ t.
// One invocation an element.

struct Params {
  side: u32,
  a: f32,
  b: f32,
  c: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gram: array<f32>; // G [side, side]
@group(0) @binding(2) var<storage, read> square: array<f32>; // G²
@group(0) @binding(3) var<storage, read_write> polynomial: array<f32>; // q

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.side * params.side) { return; }
  let diagonal = select(0.0, params.a, index / params.side == index % params.side);
  polynomial[index] = diagonal + params.b * gram[index] + params.c * square[index];
}
`,ag=`// nearestResize: y[c, i, j] = x[c, floor(i · H / h), floor(j · W / w)] (PyTorch's \`nearest\`).
// One invocation a pixel of a channel.

@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [C, h, w]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.out_height * params.out_width;
  if (index >= params.channels * pixels) { return; }
  let row = index % pixels / params.out_width * params.height / params.out_height;
  let column = index % params.out_width * params.width / params.out_width;
  y[index] = x[(index / pixels * params.height + row) * params.width + column];
}
`,og=`// nearestResize, backward: dx[c, y, x] = Σ dy over the pixels that were taken from (y, x).
// One invocation a pixel of a channel.

@group(0) @binding(1) var<storage, read> dy: array<f32>; // [C, h, w]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [C, H, W]

// The first of \`size_out\` pixels that is taken from pixel \`at\` of \`size\` or a later one.
fn first_taker(at: u32, size: u32, size_out: u32) -> u32 { return (at * size_out + size - 1) / size; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= params.channels * pixels) { return; }
  let y = index % pixels / params.width;
  let x = index % params.width;
  let bottom = first_taker(y + 1, params.height, params.out_height);
  let right = first_taker(x + 1, params.width, params.out_width);
  var sum = 0.0;
  for (var row = first_taker(y, params.height, params.out_height); row < bottom; row++) {
    for (var column = first_taker(x, params.width, params.out_width); column < right; column++) {
      sum += dy[(index / pixels * params.out_height + row) * params.out_width + column];
    }
  }
  dx[index] = sum;
}
`,sg=`// noiseLoss, backward at one level: of m[0]² + m[1]², m the means of n · n one column and one row further, P = H · W:
// dn[y, x] = dvalue · 2/P · (m[0] · (n[y, x − 1] + n[y, x + 1]) + m[1] · (n[y − 1, x] + n[y + 1, x])), wrapping.
// One invocation a pixel.

struct Params {
  height: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> noise: array<f32>; // [H, W]
@group(0) @binding(2) var<storage, read> means: array<f32>; // m [2]
@group(0) @binding(3) var<storage, read> dvalue: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> dnoise: array<f32>; // [H, W]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = params.height * params.width;
  if (index >= pixels) { return; }
  let y = index / params.width;
  let x = index % params.width;
  let line = y * params.width;
  let across = noise[line + (x + params.width - 1) % params.width] + noise[line + (x + 1) % params.width];
  let above = (y + params.height - 1) % params.height * params.width;
  let below = (y + 1) % params.height * params.width;
  let down = noise[above + x] + noise[below + x];
  dnoise[index] = dvalue[0] * 2 / f32(pixels) * (means[0] * across + means[1] * down);
}
`,cg=`// y[i, j] = r | g << 8 | b << 16 | 255 << 24 with byte = round(127.5·x + 127.5), clamped: a picture in [-1, 1] as RGBA bytes.
//
// x [3, H, W], y [rows, W], a u32 a pixel; rows first_row … first_row + rows are kept. One invocation a pixel.

struct Params {
  height: u32, // H
  width: u32, // W
  first_row: u32,
  rows: u32,
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [3, H, W]
@group(0) @binding(2) var<storage, read_write> output: array<u32>; // [rows, W]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (i >= params.rows * params.width) {
    return;
  }
  let plane = params.height * params.width;
  let at = params.first_row * params.width + i;
  let colour = vec3(input[at], input[plane + at], input[2 * plane + at]);
  let bytes = vec3<u32>(clamp(floor(colour * 127.5 + 128), vec3(0.0), vec3(255.0)));
  output[i] = bytes.r | (bytes.g << 8) | (bytes.b << 16) | (255u << 24);
}
`,lg=`// y[r, k] = x[r, k] · rsqrt(mean_k x[r, k]² + 1e-8): normalisation over the features of a latent (StyleGAN2's PixelNorm).
//
// x, y [rows, n]. One workgroup a row: its invocations stride over the features and add up through workgroup memory.

struct Params {
  n: u32,
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u; // a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [rows, n]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // [rows, n]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = group.x * params.n;
  var sum = 0.0;
  for (var k = local; k < params.n; k += WORKGROUP_SIZE) {
    sum += input[row + k] * input[row + k];
  }
  sum = tree_sum_for_all(sum, local);
  let scale = inverseSqrt(sum / f32(params.n) + 1e-8);
  for (var k = local; k < params.n; k += WORKGROUP_SIZE) {
    output[row + k] = input[row + k] * scale;
  }
}
`,ug=`// pixelNorm, backward: dx = r · (dy − x · r² · mean(dy · x)), r = rsqrt(mean(x²) + 1e-8), each row for itself.
// One workgroup a row.

struct Params {
  rows: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [rows, n]
@group(0) @binding(2) var<storage, read> dy: array<f32>; // [rows, n]
@group(0) @binding(3) var<storage, read_write> dx: array<f32>; // [rows, n]

alias Partial = vec2f; // Σ x², Σ dy · x

fn part_of(row: u32, local: u32) -> vec2f {
  let first = row * params.n;
  var sum = vec2f();
  for (var i = local; i < params.n; i += WORKGROUP_SIZE) { sum += x[first + i] * vec2f(x[first + i], dy[first + i]); }
  return sum;
}

fn finish(row: u32, sum: vec2f, local: u32) {
  let first = row * params.n;
  let means = sum / f32(params.n);
  let r = inverseSqrt(means.x + 1e-8);
  for (var i = local; i < params.n; i += WORKGROUP_SIZE) {
    dx[first + i] = r * (dy[first + i] - x[first + i] * r * r * means.y);
  }
}
`,dg=`// Ranger: RAdam (Liu et al. 2020) with centred gradients and Lookahead (Zhang et al. 2019), one step. The gradient loses its mean over
// each row, m and v are Adam's. With the step's numbers s: p −= s[0] · m where s[1] = 0 (the first steps: plain momentum), else
// p −= s[0] · m / (√v + ε); where s[2] = 1, slow += α · (p − slow) and p = slow; s[3] is the gradient's factor.
// One invocation an element.

struct Params {
  count: u32,
  row_length: u32, // elements that a mean is over
  centred: u32,
  beta1: f32,
  beta2: f32,
  eps: f32,
  alpha: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // g [count]
@group(0) @binding(2) var<storage, read> means: array<f32>; // a row
@group(0) @binding(3) var<storage, read> numbers: array<f32>; // s [4]
@group(0) @binding(4) var<storage, read_write> parameter: array<f32>; // p [count]
@group(0) @binding(5) var<storage, read_write> first: array<f32>; // m [count]
@group(0) @binding(6) var<storage, read_write> second: array<f32>; // v [count]
@group(0) @binding(7) var<storage, read_write> slow: array<f32>; // [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  var g = gradient[index];
  if (params.centred == 1) { g -= means[index / params.row_length]; }
  g *= numbers[3];
  let m = params.beta1 * first[index] + (1 - params.beta1) * g;
  let v = params.beta2 * second[index] + (1 - params.beta2) * g * g;
  first[index] = m;
  second[index] = v;
  var p = parameter[index];
  if (numbers[1] == 0) { p -= numbers[0] * m; } else { p -= numbers[0] * m / (sqrt(v) + params.eps); }
  if (numbers[2] == 1) {
    p = slow[index] + params.alpha * (p - slow[index]);
    slow[index] = p;
  }
  parameter[index] = p;
}
`,fg=`// A picture of any size → x [3, rows, S] in [-1, 1]: the antialiased triangle filter of Pillow's \`resize(…, BILINEAR)\`.
//
// With scale = in/out and support = max(scale, 1), output i is centred at (i + ½)·scale and weighs input p by
// 1 − |p + ½ − centre| / support, normalised; across first, then down, rounded to 8 bits after each pass as Pillow does.
// One invocation an output pixel does both passes: a source row serves only the two output rows it overlaps, so an
// intermediate picture would save at most half of the reads, and would need memory that depends on the picture.
// What is transparent lies over white, rounded to 8 bits as an opaque picture is.

struct Params {
  size: u32, // S, side of the whole resized picture
  first_row: u32, // rows kept of it
  rows: u32,
}

override WORKGROUP_SIDE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> output: array<f32>; // [3, rows, S]
@group(1) @binding(0) var picture: texture_2d<f32>;

// Which input positions an output reads, and how it weighs them.
struct Window {
  centre: f32,
  support: f32,
  begin: u32,
  end: u32,
  norm: f32, // 1 / sum of the weights
}

fn weight_at(window: Window, p: u32) -> f32 {
  return max(0, 1 - abs(f32(p) + 0.5 - window.centre) / window.support);
}

fn window_of(i: u32, in_size: u32) -> Window {
  let scale = f32(in_size) / f32(params.size);
  let centre = (f32(i) + 0.5) * scale;
  let support = max(scale, 1);
  let begin = u32(max(centre - support + 0.5, 0));
  let end = min(u32(centre + support + 0.5), in_size);
  var window = Window(centre, support, begin, end, 0);
  var sum = 0.0;
  for (var p = begin; p < end; p++) {
    sum += weight_at(window, p);
  }
  window.norm = 1 / sum;
  return window;
}

// To the nearest of the 256 values a byte holds; values are in 0..1.
fn round8(v: vec3<f32>) -> vec3<f32> {
  return floor(clamp(v, vec3(0.0), vec3(1.0)) * 255 + 0.5) / 255;
}

// A pixel over white; its colours are not multiplied by alpha.
fn pixel(at: vec2<u32>) -> vec3<f32> {
  let rgba = textureLoad(picture, at, 0);
  return round8(mix(vec3(1.0), rgba.rgb, rgba.a));
}

@compute @workgroup_size(WORKGROUP_SIDE, WORKGROUP_SIDE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.size || id.y >= params.rows) {
    return;
  }
  let dimensions = textureDimensions(picture);
  let across = window_of(id.x, dimensions.x);
  let down = window_of(id.y + params.first_row, dimensions.y);
  var colour = vec3(0.0);
  for (var y = down.begin; y < down.end; y++) {
    var row = vec3(0.0);
    for (var x = across.begin; x < across.end; x++) {
      row += weight_at(across, x) * pixel(vec2(x, y));
    }
    colour += weight_at(down, y) * round8(row * across.norm);
  }
  colour = round8(colour * down.norm) * 2 - 1;
  let plane = params.rows * params.size;
  let at = id.y * params.size + id.x;
  output[at] = colour.r;
  output[plane + at] = colour.g;
  output[2 * plane + at] = colour.b;
}
`,pg=`// rollSums: s[0, y] = Σ_x n[y, x] · n[y, x + 1] and s[1, y] = Σ_x n[y, x] · n[y + 1, x], wrapping: how a noise map resembles itself
// one pixel further. One workgroup a row.

struct Params {
  rows: u32, // H
  width: u32, // W
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> noise: array<f32>; // [H, W]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // s [2, H]

alias Partial = vec2f; // across, down

fn part_of(row: u32, local: u32) -> vec2f {
  let first = row * params.width;
  let below = (row + 1) % params.rows * params.width;
  var sum = vec2f();
  for (var x = local; x < params.width; x += WORKGROUP_SIZE) {
    sum += noise[first + x] * vec2f(noise[first + (x + 1) % params.width], noise[below + x]);
  }
  return sum;
}

fn finish(row: u32, sum: vec2f, local: u32) {
  if (local != 0) { return; }
  sums[row] = sum.x;
  sums[params.rows + row] = sum.y;
}
`,mg=`// runningAverage: a = a + (1 − d) · (p − a), d = numbers[0]: weights averaged over steps.
// One invocation an element.

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameter: array<f32>; // p [count]
@group(0) @binding(2) var<storage, read> numbers: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> average: array<f32>; // a [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  average[index] += (1 - numbers[0]) * (parameter[index] - average[index]);
}
`,hg=`// A convolution's input scale v = x · s[i], backward: dx (+)= dv · s[i] and the sums S[part, i] = Σ dv · x of the style's gradient.
// See input_gradient; its gradient is dv [I, P].

alias Partial = f32;

fn weights_of(i: u32) -> f32 {
  return scales[params.scale + i];
}

fn gradient_at(i: u32, p: u32) -> f32 {
  return gradient[i * params.pixels + p];
}

fn along(scale: f32, here: f32) -> f32 {
  return scale * here;
}
`,gg=`// scaleChannels: y[c, p] = x[c, p] · s[c] + t[c]: BatchNorm in two vectors, a noise map's strength, a style on its way back.
// One invocation an element.

struct Params {
  count: u32,
  pixels: u32, // P
  scale: u32, // first element of s
  shift: u32, // first element of t
  has_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> scales: array<f32>; // s
@group(0) @binding(3) var<storage, read> shifts: array<f32>; // t
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [C, P]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let channel = index / params.pixels;
  var value = x[index] * scales[params.scale + channel];
  if (params.has_shift == 1) { value += shifts[params.shift + channel]; }
  y[index] = value;
}
`,_g=`// g = σ(fc2 · relu(fc1 · p)): the gate of a squeeze-and-excitation block from its channel means p.
//
// p [C], fc1 [R, C], fc2 [C, R], g [C], R = C/16. One workgroup does it all: the weights are a few thousand numbers.
// fc1: the invocations form WORKGROUP_SIZE / LANES teams, a team a hidden unit. fc2: one invocation a channel.

struct Params {
  channels: u32, // C
  hidden: u32, // R
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const LANES = {{LANES}}u; // invocations of a team, a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pooled: array<f32>; // [C]
@group(0) @binding(2) var<storage, read> fc1: array<f32>; // [R, C]
@group(0) @binding(3) var<storage, read> fc2: array<f32>; // [C, R]
@group(0) @binding(4) var<storage, read_write> gate: array<f32>; // [C]

var<workgroup> hidden: array<f32, {{HIDDEN}}>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(local_invocation_index) local: u32) {
  let lane = local % LANES;
  for (var first = 0u; first < params.hidden; first += WORKGROUP_SIZE / LANES) {
    let unit = first + local / LANES;
    var sum = 0.0;
    if (unit < params.hidden) {
      for (var c = lane; c < params.channels; c += LANES) {
        sum += fc1[unit * params.channels + c] * pooled[c];
      }
    }
    sum = tree_sum(sum, local, LANES);
    if (lane == 0 && unit < params.hidden) { hidden[unit] = max(sum, 0); }
    workgroupBarrier();
  }
  for (var c = local; c < params.channels; c += WORKGROUP_SIZE) {
    var sum = 0.0;
    for (var unit = 0u; unit < params.hidden; unit++) {
      sum += fc2[c * params.hidden + unit] * hidden[unit];
    }
    gate[c] = 1 / (1 + exp(-sum));
  }
}
`,vg=`// squeezeExcite, backward through its gate g = σ(fc2 · h), h = relu(fc1 · p), from dg [C]:
// e = dg · g · (1 − g), dfc2 = e hᵀ, dh = fc2ᵀ e where h > 0, dfc1 = dh pᵀ, dp = fc1ᵀ dh.
// One workgroup does it all: the weights are a few thousand numbers.

struct Params {
  channels: u32, // C
  hidden: u32, // R
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pooled: array<f32>; // p [C]
@group(0) @binding(2) var<storage, read> fc1: array<f32>; // [R, C]
@group(0) @binding(3) var<storage, read> fc2: array<f32>; // [C, R]
@group(0) @binding(4) var<storage, read> gate: array<f32>; // g [C]
@group(0) @binding(5) var<storage, read> dgate: array<f32>; // dg [C]
@group(0) @binding(6) var<storage, read_write> dpooled: array<f32>; // dp [C]
@group(0) @binding(7) var<storage, read_write> dfc1: array<f32>; // [R, C]
@group(0) @binding(8) var<storage, read_write> dfc2: array<f32>; // [C, R]

var<workgroup> hidden: array<f32, {{HIDDEN}}>; // R
var<workgroup> dhidden: array<f32, {{HIDDEN}}>;

fn before_sigmoid(c: u32) -> f32 { return dgate[c] * gate[c] * (1 - gate[c]); }

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) local: u32) {
  for (var unit = local; unit < params.hidden; unit += 64) {
    var sum = 0.0;
    var back = 0.0;
    for (var c = 0u; c < params.channels; c++) {
      sum += fc1[unit * params.channels + c] * pooled[c];
      back += fc2[c * params.hidden + unit] * before_sigmoid(c);
    }
    hidden[unit] = max(sum, 0);
    dhidden[unit] = select(0, back, sum > 0);
  }
  workgroupBarrier();
  for (var c = local; c < params.channels; c += 64) {
    let outer = before_sigmoid(c);
    var sum = 0.0;
    for (var unit = 0u; unit < params.hidden; unit++) {
      sum += fc1[unit * params.channels + c] * dhidden[unit];
      dfc1[unit * params.channels + c] = dhidden[unit] * pooled[c];
      dfc2[c * params.hidden + unit] = outer * hidden[unit];
    }
    dpooled[c] = sum;
  }
}
`,yg=`// y[c, i, j] = x[c, i, j]·g[c] + shortcut[c, i·s, j·s]: the end of an IR-SE unit.
//
// x, y [C, H, W], g [C], shortcut [C, H', W'] with H = ⌈H'/s⌉, W = ⌈W'/s⌉. One invocation an element.

struct Params {
  channels: u32,
  height: u32, // H
  width: u32, // W
  shortcut_height: u32, // H'
  shortcut_width: u32, // W'
  stride: u32, // s
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [C, H, W]
@group(0) @binding(2) var<storage, read> gate: array<f32>; // [C]
@group(0) @binding(3) var<storage, read> shortcut: array<f32>; // [C, H', W']
@group(0) @binding(4) var<storage, read_write> output: array<f32>; // [C, H, W]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let at = id.x + id.y * groups.x * WORKGROUP_SIZE;
  if (at >= params.channels * params.height * params.width) {
    return;
  }
  let x = at % params.width;
  let y = (at / params.width) % params.height;
  let channel = at / (params.width * params.height);
  let source = (channel * params.shortcut_height + y * params.stride) * params.shortcut_width + x * params.stride;
  output[at] = input[at] * gate[channel] + shortcut[source];
}
`,bg=`// Δ[o, i, tap] += v[tap, o]·u[tap, i] + c_in[i]·Σ_b L_out[o, b] + c_out[o]
//
// End of the separable head. Its kernel is the outer product k_out[tap] ⊗ k_in[tap], sent through a linear map over the input
// channels (L_in, c_in) and one over the output channels (L_out, c_out). Both maps act on one factor each, so the product
// stays an outer product of u[tap] = L_in·k_in[tap] and v[tap] = L_out·k_out[tap]; only c_in meets all of L_out.
// u [taps, I], v [taps, O], L_out [O, O], Δ [O, I, k, k]. One workgroup an output channel.

struct Params {
  in_channels: u32, // I
  out_channels: u32, // O
  taps: u32, // k²
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u; // a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> u: array<f32>; // [taps, I]
@group(0) @binding(2) var<storage, read> v: array<f32>; // [taps, O]
@group(0) @binding(3) var<storage, read> in_bias: array<f32>; // c_in [I]
@group(0) @binding(4) var<storage, read> out_weight: array<f32>; // L_out [O, O]
@group(0) @binding(5) var<storage, read> out_bias: array<f32>; // c_out [O]
@group(0) @binding(6) var<storage, read_write> delta: array<f32>; // [O, I, k, k]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let o = group.x;
  var sum = 0.0;
  for (var b = local; b < params.out_channels; b += WORKGROUP_SIZE) {
    sum += out_weight[o * params.out_channels + b];
  }
  sum = tree_sum_for_all(sum, local);
  let count = params.in_channels * params.taps;
  for (var at = local; at < count; at += WORKGROUP_SIZE) {
    let i = at / params.taps;
    let tap = at % params.taps;
    let product = v[tap * params.out_channels + o] * u[tap * params.in_channels + i];
    delta[o * count + at] += product + in_bias[i] * sum + out_bias[o];
  }
}
`,xg=`// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common, with subgroups.
//
// Layout: see parts/shared_head_expand.
// An invocation owns four neighbouring vectors of columns, with the sums of up to 12 layers each. Four neighbouring invocations
// (a quad) need the same codes: each loads those of every fourth layer and hands them round, so that 3 loads serve 12 layers.
// One value of k a turn: a loop with more loads no longer fits the instruction cache of a CPU, on which an interpreted load is
// 400 bytes of code.

enable subgroups;

override WORKGROUP_SIZE: u32;

// Codes of layers l … l + 3 at one k, of which this lane loads one; rows past the last layer's are summed and not stored.
fn codes_at(l: u32, lane: u32, k: u32, scale: f32) -> vec4f {
  let code = state[(l + lane) * (params.z + 1) + k] * scale;
  return vec4f(quadBroadcast(code, 0u), quadBroadcast(code, 1u), quadBroadcast(code, 2u), quadBroadcast(code, 3u));
}

// Codes of all layers at one k, times \`scale\`, four layers a column.
fn codes_of(first_layer: u32, lane: u32, k: u32, scale: f32) -> mat3x4f {
  var codes = mat3x4f();
  #for Q in QUADS
  codes[{{Q}}] = codes_at(first_layer + 4 * {{Q}}, lane, k, scale);
  #end
  return codes;
}

// sum + value·code, component by component: see batched_product_quads.
fn plus4(sum: vec4f, value: vec4f, code: f32) -> vec4f {
  return vec4f(sum.x + value.x * code, sum.y + value.y * code, sum.z + value.z * code, sum.w + value.w * code);
}
fn plus1(sum: f32, value: f32, code: f32) -> f32 { return sum + value * code; }

// One term of one vector of columns, for all layers.
fn add(sums: ptr<function, Sums>, value: Vector, codes: mat3x4f) {
  #for L in LAYERS
  (*sums)[{{L}}] = plus{{WIDTH}}((*sums)[{{L}}], value, codes[{{L}} / 4][{{L}} % 4]);
  #end
}

// Writes row \`l\` of h at four vectors of columns: a first chunk starts it, later ones add to it. The bias is in the sums already.
fn put_four(l: u32, columns: vec4u, a: Vector, b: Vector, c: Vector, d: Vector) {
  if (l >= params.layers) { return; }
  let at = l * params.columns + columns;
  var before: array<Vector, 4>;
  if (params.first_row > 0) { before = array(h[at.x], h[at.y], h[at.z], h[at.w]); }
  h[at.x] = before[0] + a;
  h[at.y] = before[1] + b;
  h[at.z] = before[2] + c;
  h[at.w] = before[3] + d;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  // Columns past the end of a row repeat its last one, which is then stored several times.
  let columns = min(4 * id.x + vec4u(0, 1, 2, 3), vec4u(params.columns - 1));
  let first_layer = id.y * LAYERS;
  let lane = id.x % 4;
  // The bias counts once a step: it is a term like the others, with the state's last element as code.
  let steps = codes_of(first_layer, lane, params.z, select(0.0, 1.0, params.first_row == 0));
  #for C in 4
  var sums{{C}}: Sums;
  add(&sums{{C}}, b2[columns[{{C}}]], steps);
  #end
  var at = columns;
  for (var k = 0u; k < params.rows; k++) {
    var scale = 1.0;
    if (HAS_SCALES) { scale = scales[params.first_row + k]; } // of a quantised row of w2
    let codes = codes_of(first_layer, lane, params.first_row + k, scale);
    #for C in 4
    add(&sums{{C}}, weight_at(at[{{C}}]), codes);
    #end
    at += params.columns;
  }
  if (4 * id.x >= params.columns) { return; }
  #for L in LAYERS
  put_four(first_layer + {{L}}, columns, sums0[{{L}}], sums1[{{L}}], sums2[{{L}}], sums3[{{L}}]);
  #end
}
`,Sg=`// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common, on CPU adapters.
//
// Layout: see parts/shared_head_expand.
// An invocation owns eight neighbouring vectors of columns, with the sums of up to 12 layers each, and no one shares anything:
// a load costs a CPU as much as some 30 multiply-adds and a barrier far more, so that eight vectors use each code that is loaded,
// and two values of k each sum.

override WORKGROUP_SIZE: u32;

// Codes of all layers at one k, four layers a column; the scale of a quantised row of w2 goes with them.
fn codes_of(first_layer: u32, k: u32) -> mat3x4f {
  let pitch = params.z + 1;
  let at = first_layer * pitch + k;
  var codes = mat3x4f();
  #for L in LAYERS
  codes[{{L}} / 4][{{L}} % 4] = state[at + {{L}} * pitch];
  #end
  if (HAS_SCALES) { codes *= scales[k]; }
  return codes;
}

// Two terms of one vector of columns, for all layers.
fn add(sums: ptr<function, Sums>, near: Vector, near_codes: mat3x4f, far: Vector, far_codes: mat3x4f) {
  #for L in LAYERS
  (*sums)[{{L}}] += near * near_codes[{{L}} / 4][{{L}} % 4] + far * far_codes[{{L}} / 4][{{L}} % 4];
  #end
}

fn finish(first_layer: u32, column: u32, sums: ptr<function, Sums>) {
  #for L in LAYERS
  put(first_layer + {{L}}, column, (*sums)[{{L}}]);
  #end
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = 8 * id.x;
  let first_layer = id.y * LAYERS;
  if (column >= params.columns) { return; }
  #for C in 8
  var sums{{C}}: Sums;
  #end
  // Vectors past the end of a row read the next one, or what a robust read gives, and are not stored.
  for (var k = 0u; k < params.rows; k += 2) {
    let next = min(k + 1, params.rows - 1); // an odd last k is followed by itself, with codes of zero
    let near_codes = codes_of(first_layer, params.first_row + k);
    let far_codes = codes_of(first_layer, params.first_row + next) * f32(next - k);
    let near = k * params.columns + column;
    let far = next * params.columns + column;
    #for C in 8
    add(&sums{{C}}, weight_at(near + {{C}}), near_codes, weight_at(far + {{C}}), far_codes);
    #end
  }
  #for C in 8
  finish(first_layer, column + {{C}}, &sums{{C}});
  #end
}
`,Cg=`// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j]: first map of the head that the shared layers have in common.
//
// Layout: see parts/shared_head_expand.
// Bound by reading w2 (512 MiB in f32), so every element of it is read once a step for all layers: an invocation owns one
// vector of columns and the sums of LAYERS layers, and has four reads in flight. SLICES invocations may split the sum over k to
// have more; they add up through workgroup memory. The codes of TILE values of k are kept there too, four layers to a vector.

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const QUADS = {{QUADS}}u; // ⌈LAYERS / 4⌉
const SLICES = {{SLICES}}u; // parts of the sum over k
const TILE = {{TILE}}u; // values of k kept at a time
const WIDTH = WORKGROUP_SIZE / SLICES; // columns of a workgroup

var<workgroup> tile_codes: array<vec4f, TILE * QUADS>; // [TILE, QUADS]
var<workgroup> partial: array<Vector, WORKGROUP_SIZE>;

// Code of layer l at k, zero past the last layer; the scale of a quantised row of w2 goes with it.
fn code_at(l: u32, k: u32) -> f32 {
  if (l >= params.layers) { return 0; }
  let value = state[l * (params.z + 1) + k];
  if (HAS_SCALES) { return value * scales[k]; }
  return value;
}

// Adds up the slices of layer l at \`column\` and stores them. Called by all invocations.
fn finish(l: u32, column: u32, local: u32, slice_sum: Vector) {
  var sum = slice_sum;
  if (SLICES > 1) {
    workgroupBarrier();
    partial[local] = sum;
    workgroupBarrier();
    for (var slice = 1u; slice < SLICES && local < WIDTH; slice++) { sum += partial[slice * WIDTH + local]; }
  }
  if (local < WIDTH) { put(l, column, sum); }
}

// Row k of the tile at \`column\`, zero past its end.
fn tile_weight(start: u32, k: u32, count: u32, column: u32) -> Vector {
  return weight_at((start + min(k, count - 1)) * params.columns + column) * select(0.0, 1.0, k < count);
}

// One term of all layers; past the end of the tile the weight is zero.
fn add(sums: ptr<function, Sums>, value: Vector, k: u32) {
  let first = min(k, TILE - 1) * QUADS;
  var codes: array<vec4f, QUADS>;
  #for Q in QUADS
  codes[{{Q}}] = tile_codes[first + {{Q}}];
  #end
  #for L in LAYERS
  (*sums)[{{L}}] += codes[{{L}} / 4][{{L}} % 4] * value;
  #end
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let column = group.x * WIDTH + local % WIDTH;
  let first_layer = group.y * LAYERS;
  var sums: Sums;
  for (var start = 0u; start < params.rows; start += TILE) {
    let count = min(TILE, params.rows - start);
    workgroupBarrier();
    for (var i = local; i < count * QUADS; i += WORKGROUP_SIZE) {
      let k = params.first_row + start + i / QUADS;
      let l = first_layer + 4 * (i % QUADS);
      tile_codes[i] = vec4f(code_at(l, k), code_at(l + 1, k), code_at(l + 2, k), code_at(l + 3, k));
    }
    workgroupBarrier();
    for (var k = local / WIDTH; k < count && column < params.columns; k += 4 * SLICES) {
      let first = tile_weight(start, k, count, column); // all four before the first is waited for
      let second = tile_weight(start, k + SLICES, count, column);
      let third = tile_weight(start, k + 2 * SLICES, count, column);
      let fourth = tile_weight(start, k + 3 * SLICES, count, column);
      add(&sums, first, k);
      add(&sums, second, k + SLICES);
      add(&sums, third, k + 2 * SLICES);
      add(&sums, fourth, k + 3 * SLICES);
    }
  }
  #for L in LAYERS
  finish(first_layer + {{L}}, column, local, sums[{{L}}]);
  #end
}
`,wg=`// Second map of the shared head as one matrix product, Δ[m, n] = Σ_k h[m, k]·w1[k, n] + t[layer(m)]·b1[n]: its operands as
// batched_product reads them, both with k first and the bias as one more k:
// left[k, m] = h[m, k], left[z, m] = t[layer(m)];  right[k, n] = w1[k, n], right[z, n] = b1[n].
//
// h [layers·C, z], w1 [z, C·f²], the matrix; left [z + 1, layers·C] and right [z + 1, C·f²] in vec4. Δ [layers·C, C·f²], which read in
// place is [layers, out C, in C, f, f]. One invocation makes one vec4 of either; unpacking w1 here, once, and not at each of its
// layers·C / 16 uses, is what makes the product fast.

struct Params {
  rows: u32, // layers·C / 4
  z: u32,
  columns: u32, // C·f² / 4
  rows_per_layer: u32, // C
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> state: array<f32>; // [≥ layers, z + 1]; the last column is t
@group(0) @binding(4) var<storage, read> h: array<f32>; // [layers·C, z]
@group(0) @binding(5) var<storage, read> b1: array<vec4f>; // [C·f²]
@group(0) @binding(6) var<storage, read_write> left: array<vec4f>; // [z + 1, layers·C]
@group(0) @binding(7) var<storage, read_write> right: array<vec4f>; // [z + 1, C·f²]

fn left_at(k: u32, row: u32) -> f32 {
  if (k < params.z) { return h[row * params.z + k]; }
  return state[(row / params.rows_per_layer) * (params.z + 1) + params.z];
}

fn right_at(k: u32, column: u32) -> vec4f {
  if (k == params.z) { return b1[column]; }
  let value = weight_at(k * params.columns + column);
  if (HAS_SCALES) { return value * scales[k]; }
  return value;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * WORKGROUP_SIZE;
  let width = params.rows + params.columns;
  let k = index / width;
  let at = index % width;
  if (k > params.z) { return; }
  if (at < params.rows) {
    let row = 4 * at;
    left[k * params.rows + at] = vec4f(left_at(k, row), left_at(k, row + 1), left_at(k, row + 2), left_at(k, row + 3));
  } else {
    let column = at - params.rows;
    right[k * params.columns + column] = right_at(k, column);
  }
}
`,Tg=`// Δ[m, n] = Σ_k h[m, k]·w1[k, n] + t[layer(m)]·b1[n], without workgroup memory: any z and C·f², and software adapters,
// where workgroup memory costs instead of saving.
//
// h [layers·C, z], w1 [z, C·f²], the matrix, Δ [layers·C, C·f²], which read in place is [layers, out C, in C, f, f].
// An invocation makes 8 rows of one vector of columns: each vector of w1 it reads serves 8 times. Neighbours in x read
// neighbouring vectors of w1 and the same h.

struct Params {
  rows: u32, // layers·C
  z: u32,
  columns: u32, // C·f² in vectors
  rows_per_layer: u32, // C
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> state: array<f32>; // [≥ layers, z + 1]; the last column is t
@group(0) @binding(4) var<storage, read> h: array<f32>; // [layers·C, z]
@group(0) @binding(5) var<storage, read> b1: array<Vector>; // [C·f²]
@group(0) @binding(6) var<storage, read_write> delta: array<Vector>; // [layers·C, C·f²]

fn store(row: u32, column: u32, sum: Vector) {
  if (row >= params.rows) { return; }
  let steps = state[(row / params.rows_per_layer) * (params.z + 1) + params.z];
  delta[row * params.columns + column] = sum + steps * b1[column];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = id.y * 8;
  if (column >= params.columns || row >= params.rows) { return; }
  let last = params.rows - 1; // rows past it repeat it and are not stored
  #for R in 8
  let first{{R}} = min(row + {{R}}, last) * params.z;
  var sum{{R}} = Vector();
  #end
  for (var k = 0u; k < params.z; k++) {
    var value = weight_at(k * params.columns + column);
    if (HAS_SCALES) { value *= scales[k]; }
    #for R in 8
    sum{{R}} += h[first{{R}} + k] * value;
    #end
  }
  #for R in 8
  store(row + {{R}}, column, sum{{R}});
  #end
}
`,Eg=`// spread: dx[c, y, x] = dy[c, y/s, x/s] where s divides both, else 0: backward of taking every s-th pixel.
// One invocation a pixel of a channel.

struct Params {
  count: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  stride: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>; // [C, OH, OW]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>; // [C, H, W]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let x = index % params.width;
  let y = index / params.width % params.height;
  let c = index / (params.width * params.height);
  var value = 0.0;
  if (x % params.stride == 0 && y % params.stride == 0) {
    value = dy[(c * params.out_height + y / params.stride) * params.out_width + x / params.stride];
  }
  dx[index] = value;
}
`,Dg=`// squareSums: s[first + r] = Σ a², a sum for every run of \`length\` elements of a; the last run may be shorter.
// What a norm of many tensors is made of. One workgroup a run.

struct Params {
  rows: u32, // runs
  count: u32, // elements of a
  length: u32,
  first: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [count]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // s

alias Partial = f32;

fn part_of(row: u32, local: u32) -> f32 {
  let first = row * params.length;
  let end = min(first + params.length, params.count);
  var sum = 0.0;
  for (var i = first + local; i < end; i += WORKGROUP_SIZE) { sum += a[i] * a[i]; }
  return sum;
}

fn finish(row: u32, sum: f32, local: u32) {
  if (local == 0) { sums[params.first + row] = sum; }
}
`,Og=`// mean (a − b)²: first pass, many workgroups, each leaves a partial sum; second pass, one workgroup adds those up.
//
// a, b [n]; it reads the partial sums as a. Invocations stride over the elements and add up through workgroup memory.

struct Params {
  n: u32, // elements this pass reads
  last: u32, // 1 in the second pass
  scale: f32, // of the sum: 1 in the first pass, 1 / elements in the second
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u; // a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // [workgroups]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let last = params.last == 1; // no branch: lavapipe would specialise the shader on it, anew at each dispatch
  var sum = 0.0;
  for (var i = group.x * WORKGROUP_SIZE + local; i < params.n; i += groups.x * WORKGROUP_SIZE) {
    let difference = a[i] - select(b[i], 0, last);
    sum += difference * select(difference, 1, last);
  }
  sum = tree_sum(sum, local, WORKGROUP_SIZE);
  if (local == 0) {
    output[group.x] = sum * params.scale;
  }
}
`,kg=`// squaredLoss, backward: dx[i] = dvalue · factor · (x[i] − target[i]).
// One invocation an element.

struct Params {
  count: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [count]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // target [count]
@group(0) @binding(3) var<storage, read> dvalue: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  dx[index] = dvalue[0] * params.factor * (x[index] - wanted[index]);
}
`,Ag=`// standardise: x[i] ← (x[i] − mean) · rsqrt(variance): a noise map after each step of a projection.
// One invocation an element.

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mean: array<f32>; // [1]
@group(0) @binding(2) var<storage, read> variance: array<f32>; // [1]
@group(0) @binding(3) var<storage, read_write> x: array<f32>; // [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  x[index] = (x[index] - mean[0]) * inverseSqrt(variance[0]);
}
`,jg=`// stridedProduct: y[n, r, c] = factor · Σ_k a[n, r, k] · b[n, k, c] + bias[c], each operand and the result with a step of its own in
// every direction, so that transposes, outer products and matrix-vector products are all this. For what is too small or too thin for
// \`batched_product\`. One invocation an element; c runs fastest.

struct Params {
  batches: u32,
  rows: u32,
  columns: u32,
  depth: u32,
  a_first: u32,
  a_batch: u32, // step between batches
  a_row: u32,
  a_depth: u32,
  b_first: u32,
  b_batch: u32,
  b_depth: u32,
  b_column: u32,
  y_batch: u32,
  y_row: u32,
  y_column: u32,
  has_bias: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // left operand
@group(0) @binding(2) var<storage, read> b: array<f32>; // right operand
@group(0) @binding(3) var<storage, read> bias: array<f32>; // [columns]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // result

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.batches * params.rows * params.columns) { return; }
  let column = index % params.columns;
  let row = index / params.columns % params.rows;
  let batch = index / (params.columns * params.rows);
  var i = params.a_first + batch * params.a_batch + row * params.a_row;
  var j = params.b_first + batch * params.b_batch + column * params.b_column;
  var sum = 0.0;
  for (var k = 0u; k < params.depth; k++) {
    sum += a[i] * b[j];
    i += params.a_depth;
    j += params.b_depth;
  }
  sum *= params.factor;
  if (params.has_bias == 1) { sum += bias[column]; }
  y[batch * params.y_batch + row * params.y_row + column * params.y_column] = sum;
}
`,Mg=`// styleNorm: n[i] = s[i] / max |s| over the layer that i belongs to: what f16 arithmetic reads instead of s. Demodulation, computed
// from n, takes the factor back (StyleGAN2's own f16 path does the same).
// s [S], all layers one after another; table [layers] of (first, length), whole numbers; n [S].
// One workgroup a layer: each invocation looks at every 64th element, then all of them agree on the largest.

struct Params {
  layers: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> s: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> n: array<f32>;

var<workgroup> largest: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = vec2u(table[min(group.x, params.layers - 1)]);
  var most = 0.0;
  for (var i = lane; i < row.y; i += 64) { most = max(most, abs(s[row.x + i])); }
  largest[lane] = most;
  workgroupBarrier();
  most = 0.0;
  for (var i = 0u; i < 64; i++) { most = max(most, largest[i]); }
  let scale = select(0.0, 1 / most, most > 0);
  for (var i = lane; i < row.y; i += 64) { n[row.x + i] = s[row.x + i] * scale; }
}
`,Ng=`// styles: s[j] = Σ_d weight[j, d] · scale · latents[row(j), d] + bias[j] + offset[j], the affine maps of all layers in one dispatch.
// latents [rows, D]; weight [S, D]; with one latent row every output reads row 0, else row(j) = latent_row[j].
// LANES invocations an output each sum every LANES-th d, then add up; neighbours read neighbouring d.

struct Params {
  outputs: u32, // S
  features: u32, // D
  rows: u32,
  scale: f32,
  offset_scale: f32, // 0: there is no offset
}

const WORKGROUP_SIZE = {{WORKGROUP_SIZE}}u;
const LANES = {{LANES}}u; // that share an output, a power of two
alias Partial = f32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> latents: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> latent_row: array<f32>; // [S], whole numbers
@group(0) @binding(5) var<storage, read> style_offset: array<f32>; // [S]
@group(0) @binding(6) var<storage, read_write> styles: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let j = (group.x + group.y * workgroups.x) * (WORKGROUP_SIZE / LANES) + local / LANES;
  let lane = local % LANES;
  var sum = 0.0;
  if (j < params.outputs) {
    var row = 0u;
    if (params.rows > 1) { row = u32(latent_row[j]); }
    for (var d = lane; d < params.features; d += LANES) {
      sum += weight[j * params.features + d] * latents[row * params.features + d];
    }
  }
  sum = tree_sum(sum, local, LANES);
  if (lane == 0 && j < params.outputs) {
    styles[j] = sum * params.scale + bias[j] + params.offset_scale * style_offset[j];
  }
}
`,Pg=`// styles, backward to the latents: dw[r, d] = scale · Σ_j ds[j] · weight[j, d] over the outputs j that read row r.
// One invocation an element of dw.

@group(0) @binding(3) var<storage, read> weight: array<f32>; // [S, D]
@group(0) @binding(4) var<storage, read_write> dw: array<f32>; // [rows, D]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.features) { return; }
  let row = index / params.features;
  let feature = index % params.features;
  var sum = 0.0;
  for (var j = 0u; j < params.outputs; j++) {
    if (row_of(j) == row) { sum += ds[j] * weight[j * params.features + feature]; }
  }
  dw[index] = params.scale * sum;
}
`,Fg=`// styles, backward to the affine maps: dweight[j, d] = scale · ds[j] · w[row(j), d].
// One invocation an element of dweight.

@group(0) @binding(3) var<storage, read> latents: array<f32>; // w [rows, D]
@group(0) @binding(4) var<storage, read_write> dweight: array<f32>; // [S, D]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.outputs * params.features) { return; }
  let j = index / params.features;
  dweight[index] = params.scale * ds[j] * latents[row_of(j) * params.features + index % params.features];
}
`,Ig=`// sumParts: w[i, tap, o] (+)= Σ_s m[s, (tap, i), (tap, o)], a filter's gradient from the products of its strips of pixels; taps count
// among the rows of m or among its columns, whichever side has them. Both count channels in fours; rows and columns of m may be more.
// w is part of a larger tensor: element (i · taps + tap) · row_step + o from \`offset\` on. One invocation sums four neighbouring columns.

struct Params {
  parts: u32,
  in_channels: u32, // I
  out_channels: u32, // O
  row_taps: u32, // one of these is 1
  column_taps: u32,
  padded_rows: u32, // of m
  padded_quads: u32, // columns of m / 4
  offset: u32,
  row_step: u32,
  keep: u32, // 1: what w holds is added to
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> products: array<vec4f>; // m [parts, padded rows, padded quads]
@group(0) @binding(2) var<storage, read_write> output: array<f32>; // w

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let out_quads = (params.out_channels + 3) / 4;
  let quads = params.column_taps * out_quads;
  if (index >= params.row_taps * params.in_channels * quads) { return; }
  let column = index % quads;
  let o = column % out_quads * 4;
  let i = index / quads % params.in_channels;
  let row_tap = index / quads / params.in_channels;
  let row = row_tap * ((params.in_channels + 3) / 4 * 4) + i;
  var sum = vec4f();
  for (var part = 0u; part < params.parts; part++) {
    sum += products[(part * params.padded_rows + row) * params.padded_quads + column];
  }
  let tap = row_tap + column / out_quads;
  let place = params.offset + (i * params.row_taps * params.column_taps + tap) * params.row_step + o;
  for (var n = 0u; n < min(4, params.out_channels - o); n++) {
    var value = sum[n];
    if (params.keep == 1) { value += output[place + n]; }
    output[place + n] = value;
  }
}
`,Lg=`// toRGB: y[o, Y, X] = Σ_i x[i, Y, X] · style[i] · w[i, o] + bias[o] + up(skip)[o, Y, X], o < 3
// up: zero-insert ×2, padding (2, 1), FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64: along one axis, Y = 2p is skip[p − 1]/4 + 3 skip[p]/4
// and Y = 2p + 1 is 3 skip[p]/4 + skip[p + 1]/4.
// One invocation computes three colours of four pixels of a row, so that a style and its weights are loaded once for four
// pixels, and eight values of skip serve the four; neighbours in a workgroup read neighbouring pixels. A small picture has too few
// pixels to fill a GPU: there SHARERS invocations each sum a part of the inputs, and add up through workgroup memory.

struct Params {
  in_channels: u32,
  height: u32,
  width: u32, // in pixels, a multiple of 4
  styles: u32, // element offsets of style and bias
  bias: u32,
  has_skip: u32, // 1 or 0
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [I, H, W/4]
@group(0) @binding(2) var<storage, read> w: array<f32>; // [I, 1, 1, 3]
@group(0) @binding(3) var<storage, read> style: array<f32>; // [I]
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [3]
@group(0) @binding(5) var<storage, read> skip: array<f32>; // [3, H/2, W/2]
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>; // [3, H, W/4]

override SHARERS: u32 = 1; // invocations for the same pixels, a power of two

const WORKGROUP_SIZE = 64u;
alias Partial = mat3x4f;

// skip[o, row, column], zero outside.
fn skip_at(o: u32, row: i32, column: i32) -> f32 {
  let half = vec2i(i32(params.height / 2), i32(params.width / 2));
  if (row < 0 || column < 0 || row >= half.x || column >= half.y) { return 0; }
  return skip[(o * u32(half.x) + u32(row)) * u32(half.y) + u32(column)];
}

// Four neighbours of a row of skip, from \`column\` on.
fn skip_row(o: u32, row: i32, column: i32) -> vec4f {
  return vec4f(skip_at(o, row, column), skip_at(o, row, column + 1), skip_at(o, row, column + 2), skip_at(o, row, column + 3));
}

// Four pixels of a row from \`column\` on, an even number.
fn upsampled(o: u32, row: u32, column: u32) -> vec4f {
  let p = i32(row / 2);
  let q = i32(column / 2);
  let side = select(p - 1, p + 1, row % 2 == 1); // the neighbour that weighs 1/4
  let four = 0.75 * skip_row(o, p, q - 1) + 0.25 * skip_row(o, side, q - 1);
  return 0.75 * four.yyzz + 0.25 * four.xzyw;
}

// Colour o of four pixels from \`place\` (column, row) on.
fn finished(sum: vec4f, o: u32, place: vec2u) -> vec4f {
  let colour = sum + bias[params.bias + o];
  if (params.has_skip == 0) { return colour; }
  return colour + upsampled(o, place.y, place.x);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let own = WORKGROUP_SIZE / SHARERS; // fours of pixels that a workgroup owns
  let index = (group.x + group.y * groups.x) * own + local % own;
  let row_quads = params.width / 4;
  let quads = params.height * row_quads;
  let at = min(index, quads - 1);
  var rgb = mat3x4f();
  for (var i = local / own; i < params.in_channels; i += SHARERS) {
    let styled = x[i * quads + at] * style[params.styles + i];
    rgb += mat3x4f(styled * w[3 * i], styled * w[3 * i + 1], styled * w[3 * i + 2]);
  }
  if (SHARERS > 1) { rgb = shared_sum(rgb, local, own); }
  if (local >= own || index >= quads) { return; }
  let place = vec2u(at % row_quads * 4, at / row_quads);
  y[at] = finished(rgb[0], 0, place);
  y[quads + at] = finished(rgb[1], 1, place);
  y[2 * quads + at] = finished(rgb[2], 2, place);
}
`,Rg=`// toRgb y[c] = Σ_i w[i, c] · s[i] · x[i] + …, backward: dx[i] (+)= s[i] · Σ_c w[i, c] · dy[c], and S[part, i] = Σ_p x[i, p] · dy[p]
// of the gradients to w and s, which to_rgb_sums finishes. See input_gradient; its gradient is dy [3, P].

@group(0) @binding(6) var<storage, read> w: array<f32>; // [I, 3]

alias Partial = vec3f;

fn weights_of(i: u32) -> vec3f {
  return scales[params.scale + i] * vec3f(w[3 * i], w[3 * i + 1], w[3 * i + 2]);
}

fn gradient_at(i: u32, p: u32) -> vec3f {
  return vec3f(gradient[p], gradient[params.pixels + p], gradient[2 * params.pixels + p]);
}

fn along(weights: vec3f, here: vec3f) -> f32 {
  return dot(weights, here);
}
`,zg=`// The sums of to_rgb_backward, finished: dw[i, c] = s[i] · S[i, c] and ds[i] = Σ_c w[i, c] · S[i, c], S[i] = Σ_part S[part, i].
// One invocation a channel.

struct Params {
  channels: u32, // I
  parts: u32,
  scale: u32, // first element of s
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<vec3f>; // S [parts, I]
@group(0) @binding(2) var<storage, read> w: array<f32>; // [I, 3]
@group(0) @binding(3) var<storage, read> scales: array<f32>;
@group(0) @binding(4) var<storage, read_write> dw: array<f32>; // [I, 3]
@group(0) @binding(5) var<storage, read_write> dscale: array<f32>; // ds [I]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= params.channels) { return; }
  var sum = vec3f();
  for (var part = 0u; part < params.parts; part++) { sum += sums[part * params.channels + i]; }
  let weight_gradient = scales[params.scale + i] * sum;
  dw[3 * i] = weight_gradient.x;
  dw[3 * i + 1] = weight_gradient.y;
  dw[3 * i + 2] = weight_gradient.z;
  dscale[i] = dot(vec3f(w[3 * i], w[3 * i + 1], w[3 * i + 2]), sum);
}
`,Bg=`// texture[j, i] = rgba(x[:, first_row + i, j]·½ + ½, 1): a picture in [-1, 1] into a canvas or any storage texture.
//
// x [3, H, W]; the texture is W × rows and clamps. One invocation a pixel.

struct Params {
  height: u32, // H
  width: u32, // W
  first_row: u32,
  rows: u32,
}

override WORKGROUP_SIDE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [3, H, W]
@group(1) @binding(0) var picture: texture_storage_2d<rgba8unorm, write>;

@compute @workgroup_size(WORKGROUP_SIDE, WORKGROUP_SIDE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.rows) {
    return;
  }
  let plane = params.height * params.width;
  let at = (id.y + params.first_row) * params.width + id.x;
  let colour = vec3(input[at], input[plane + at], input[2 * plane + at]) * 0.5 + 0.5;
  textureStore(picture, id.xy, vec4(clamp(colour, vec3(0.0), vec3(1.0)), 1));
}
`,Vg=`// y[r, k] = mean[r, k] + ψ·(w[r, k] − mean[r, k]): the truncation trick (StyleGAN).
//
// w, y [rows, D], mean [1 or rows, D], ψ [1]. One invocation an element.

struct Params {
  n: u32, // rows·D
  mean_count: u32, // elements of mean: D or rows·D
}

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>; // [rows, D]
@group(0) @binding(2) var<storage, read> mean: array<f32>; // [1 or rows, D]
@group(0) @binding(3) var<storage, read> psi: array<f32>; // [1]
@group(0) @binding(4) var<storage, read_write> output: array<f32>; // [rows, D]

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.n) {
    return;
  }
  let centre = mean[id.x % params.mean_count];
  output[id.x] = centre + psi[0] * (w[id.x] - centre);
}
`,Hg=`// turnFilter: v[g, b, t', a] = w[g, a, t, b], t' = t or, flipped, K − 1 − t: the filters by which a convolution's gradient goes back
// to its input. One invocation an element of v.

struct Params {
  count: u32,
  inputs: u32, // A, a group
  taps: u32, // K
  outputs: u32, // B, a group
  first: u32, // of the outputs that v has
  kept: u32, // how many: B′
  flip: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>; // [G, A, K, B]
@group(0) @binding(2) var<storage, read_write> turned: array<f32>; // v [G, B′, K, A]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let a = index % params.inputs;
  var tap = index / params.inputs % params.taps;
  let b = params.first + index / (params.inputs * params.taps) % params.kept;
  let g = index / (params.inputs * params.taps * params.kept);
  if (params.flip == 1) { tap = params.taps - 1 - tap; }
  turned[index] = w[((g * params.inputs + a) * params.taps + tap) * params.outputs + b];
}
`,Ug=`// turnFilter where channels come in fours: v[g, b, t', a] = w[g, a, t, b], t' = t or, flipped, K − 1 − t: see turn_filter.
// One invocation turns 4 × 4 channels of one tap, so that both sides go in vec4.

struct Params {
  count: u32,
  input_quads: u32, // A / 4, a group
  taps: u32, // K
  output_quads: u32, // B / 4, a group
  first: u32, // of the quads of outputs that v has
  kept: u32, // how many: B′ / 4
  flip: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<vec4f>; // [G, A, K, B / 4]
@group(0) @binding(2) var<storage, read_write> turned: array<vec4f>; // v [G, B′, K, A / 4]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.count) { return; }
  let inputs = params.input_quads;
  let a = index % inputs;
  let b = index / inputs % params.kept;
  let to_tap = index / (inputs * params.kept) % params.taps;
  let g = index / (inputs * params.kept * params.taps);
  let tap = select(to_tap, params.taps - 1 - to_tap, params.flip == 1);
  let from_step = params.taps * params.output_quads;
  let source = (g * inputs + a) * 4 * from_step + tap * params.output_quads + params.first + b;
  let rows = mat4x4f(w[source], w[source + from_step], w[source + 2 * from_step], w[source + 3 * from_step]);
  let columns = transpose(rows);
  let to_step = params.taps * inputs;
  let goal = (g * params.kept + b) * 4 * to_step + to_tap * inputs + a;
  #for R in 4
  turned[goal + {{R}} * to_step] = columns[{{R}}];
  #end
}
`,Wg=`// turnWeights: w[first + j · stride + o] = s[o, j]: a checkpoint tensor [O, n] as stored, in f32 and in the order kernels read,
// output channel fastest. With O = 1 it only expands f16. Several tensors may fill one w, next to or after one another.
// s [O, n] f32, or f16 two to a word (HALF); w f32. One invocation owns one element; neighbours differ in o, so w is written
// in rows. Runs once while a model loads.

struct Params {
  rows: u32, // O
  row_length: u32, // n
  stride: u32, // from one j to the next in w
  first: u32, // element of w
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> s: array<u32>;
@group(0) @binding(2) var<storage, read_write> w: array<f32>;

override HALF: u32; // 1: s holds f16

fn stored(index: u32) -> f32 {
  if (HALF == 1) { return unpack2x16float(s[index / 2])[index % 2]; }
  return bitcast<f32>(s[index]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.rows * params.row_length) { return; }
  let j = index / params.rows;
  let o = index % params.rows;
  w[params.first + j * params.stride + o] = stored(o * params.row_length + j);
}
`,Gg=`// upConv, direct: y = act(out_scale[o] · FIR(T)[o] + bias[o] + noise) · gain with the transposed convolution
//   T[o, 2p + a, 2q + b] += x[i, p, q] · in_scale[i] · w[i, a, b, o]   (stride 2, no padding, side 2H + 1)
// and the FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64, padding (1, 1), so that y is [O, 2H, 2W]. T is never stored.
// Along one axis, output Y = 2p + phase sees three inputs x[p − 1], x[p], x[p + 1] through taps composed of FIR and w:
//   phase 0: (f0 w1 + f1 w2), (f1 w0 + f2 w1 + f3 w2), (f3 w0)    phase 1: (f0 w2), (f0 w0 + f1 w1 + f2 w2), (f2 w0 + f3 w1)
// One invocation computes one element of y and composes its taps itself. The rung the others are compared with.

struct Params {
  in_channels: u32,
  out_channels: u32,
  height: u32, // of x
  width: u32,
  in_scale: u32, // element offsets of the vectors
  out_scale: u32,
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> x: array<f32>; // [I, H, W]
@group(0) @binding(7) var<storage, read> w: array<f32>; // [I, 3, 3, O]
@group(0) @binding(8) var<storage, read_write> y: array<f32>; // [O, 2H, 2W]

// Weights of x[p − 1], x[p], x[p + 1] for one phase, from the three taps of one axis; f = [1, 3, 3, 1] / 4.
fn compose(phase: u32, taps: vec3f) -> vec3f {
  if (phase == 0) {
    return vec3f(dot(taps.yz, vec2f(0.25, 0.75)), dot(taps, vec3f(0.75, 0.75, 0.25)), taps.x * 0.25);
  }
  return vec3f(taps.z * 0.25, dot(taps, vec3f(0.25, 0.75, 0.75)), dot(taps.xy, vec2f(0.75, 0.25)));
}

// x[i, row, column − 1 .. column + 1], zero outside the picture.
fn neighbours(i: u32, row: i32, column: i32) -> vec3f {
  var three = vec3f(0);
  if (row < 0 || row >= i32(params.height)) { return three; }
  let at = i32((i * params.height + u32(row)) * params.width) + column;
  if (column > 0) { three.x = x[at - 1]; }
  three.y = x[at];
  if (column + 1 < i32(params.width)) { three.z = x[at + 1]; }
  return three;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let pixels = 4 * params.height * params.width;
  if (index >= params.out_channels * pixels) { return; }
  let o = index / pixels;
  let pixel = index % pixels;
  let row = pixel / (2 * params.width);
  let column = pixel % (2 * params.width);

  var sum = 0.0;
  for (var i = 0u; i < params.in_channels; i++) {
    var along_x: array<vec3f, 3>; // for each weight row: the three inputs' weights along x
    for (var a = 0u; a < 3; a++) {
      let first = ((i * 3 + a) * 3) * params.out_channels + o;
      along_x[a] = compose(column % 2, vec3f(w[first], w[first + params.out_channels], w[first + 2 * params.out_channels]));
    }
    var above: vec3f;
    var here: vec3f;
    var below: vec3f;
    for (var c = 0u; c < 3; c++) {
      let along_y = compose(row % 2, vec3f(along_x[0][c], along_x[1][c], along_x[2][c]));
      above[c] = along_y.x;
      here[c] = along_y.y;
      below[c] = along_y.z;
    }
    let p = i32(row / 2);
    let q = i32(column / 2);
    let part = dot(above, neighbours(i, p - 1, q)) + dot(here, neighbours(i, p, q)) + dot(below, neighbours(i, p + 1, q));
    sum += part * in_scale(i);
  }
  y[index] = epilogue(sum, o, pixel, index);
}
`,Kg=`// upConv by Winograd F(2×2, 3×3) in one dispatch: y = act(FIR(transposed conv(x · in_scale)) · out_scale + bias + noise) · gain, as
// upconv_direct.wgsl has it. x [I, H, W]; w [I, 3, 3, O/4] in vec4; y [S, O, 2H, 2W], the sum over one part of the inputs each (S = 1: all).
// The FIR commutes with the convolution: y = conv3×3(g) by w turned round, g = FIR(x with zeros between). A tile of 2×2 pixels is
// Aᵀ [Σ_i (G w Gᵀ) ⊙ (Bᵀ g B)] A, and its patch of g is F x Fᵀ of the 3×3 pixels around one of x, so Bᵀ g B = C x Cᵀ with C = Bᵀ F: g never
// exists. 4 products a pixel instead of 9 of the polyphase form; the map of one axis has rank 4, so a separable form has no fewer.
// This file brings the pixels in and transforms them; the rest is parts/fused. f32 only.

struct Params {
  in_channels: u32,
  out_channels: u32,
  part_channels: u32, // inputs of a part, a multiple of four
  height: u32, // of x
  width: u32,
  in_scale: u32, // element offsets of the vectors
  out_scale: u32,
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

const TURNED = true;
const SIDE = 6u; // pixels that 4 × 4 tiles read, a side
const C = array(vec3f(0.75, -0.5, -0.25), vec3f(0.25, 1.5, 0.25), vec3f(-0.25, 0, 0.25), vec3f(0.25, 0.5, -0.75)); // by rows

var<workgroup> pixels: array<f32, 144>; // [4 inputs, SIDE, SIDE]

fn out_size() -> vec2u { return 2 * vec2u(params.width, params.height); }

// The pixel that an invocation brings in for every other input.
fn pixel_of(index: u32, tiles: vec2u) -> vec2u {
  return 4 * tiles + vec2u(index % SIDE, index / SIDE % SIDE) - 1; // −1 wraps to a large number
}

// Brings that pixel of two inputs, zero outside the picture and past the last input.
fn load_pixels(first: u32, index: u32, pixel: vec2u) {
  if (index >= 2 * SIDE * SIDE) { return; }
  let inside = all(pixel < vec2u(params.width, params.height));
  for (var place = index; place < 4 * SIDE * SIDE; place += 2 * SIDE * SIDE) {
    let i = first + place / (SIDE * SIDE);
    var value = 0.0;
    if (inside && i < params.in_channels) {
      value = x[(i * params.height + pixel.y) * params.width + pixel.x] * in_scale(i);
    }
    pixels[place] = value;
  }
}

// Row \`row\` of the frequencies of one row of tiles, of input \`k\`: C down, Cᵀ across.
fn transform_pixels(k: u32, row: u32, tiles: u32) {
  let first = (k * SIDE + tiles) * SIDE;
  var down: array<f32, 6>;
  for (var j = 0u; j < SIDE; j++) {
    let at = first + j;
    down[j] = dot(C[row], vec3f(pixels[at], pixels[at + SIDE], pixels[at + 2 * SIDE]));
  }
  let left = vec4f(down[0], down[1], down[2], down[3]);
  let middle = vec4f(down[1], down[2], down[3], down[4]);
  let right = vec4f(down[2], down[3], down[4], down[5]);
  for (var column = 0u; column < 4; column++) {
    patches[k * 64 + row * 16 + column * 4 + tiles] = C[column].x * left + C[column].y * middle + C[column].z * right;
  }
}
`,qg=`// upConv as one matrix product, last part: y = act(FIR(T)[o] · out_scale[o] + bias[o] + noise) · gain, with the transposed
// convolution T[o, 2p + a, 2q + b] += products[a, b, o, (p, q)] (stride 2, no padding) and the FIR [1, 3, 3, 1]⊗[1, 3, 3, 1] · 4/64,
// padding (1, 1), so that y is [O, 2H, 2W]. T is never stored.
// products [3·3·O, P′]: what each weight makes of each pixel, a strip of rows from first_row on; y rows 2·top .. 2·(top + rows) − 1.
// With f = [1, 3, 3, 1] / 4, along one axis y[2p + φ] = Σ_dp,a f[2dp + a − φ + 1] · products[a, p + dp].
// One invocation makes 4 × 8 pixels of y from the pixels (p, q) .. (p + 1, q + 3) and their neighbours: products, y and noise go in
// vec4, the neighbours' columns one by one. A loop over the ten pairs (dp, a), two a turn, keeps the code small.

struct Params {
  out_channels: u32,
  height: u32, // of the whole input
  width: u32, // of the input, a multiple of 4
  first_row: u32, // of the products
  top: u32, // first input row of the dispatch, even
  rows: u32, // input rows of the dispatch
  padded_pixels: u32, // P′
  out_scale: u32, // see vec4_epilogue
  bias: u32,
  slopes: u32,
  slope: f32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> products: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

// Eight neighbouring columns of y, even and odd ones.
struct Line {
  even: vec4f,
  odd: vec4f,
}

// What the sums of a block are made from, in vec4.
struct Source {
  channel: u32, // where row 0 of the picture would be in the products
  stride: u32, // between channels b
  width: u32,
  p: i32,
  q: u32,
}

fn blend(outer: f32, inner: f32) -> f32 { return 0.25 * outer + 0.75 * inner; }

// Eight columns before the vertical sum, from vector \`at\` of the channels b. Component by component: see batched_product_quads.
fn horizontal(at: u32, source: Source) -> Line {
  let right = source.q + 1 < source.width;
  let before = max(at, 1) - 1;
  let b0 = products[at];
  let b1 = products[at + source.stride];
  let b2 = products[at + 2 * source.stride];
  let left1 = select(0.0, products[before + source.stride].w, source.q > 0);
  let left2 = select(0.0, products[before + 2 * source.stride].w, source.q > 0);
  let right0 = select(0.0, products[at + 1].x, right);
  let right1 = select(0.0, products[at + source.stride + 1].x, right);
  let even = vec4f(
    blend(left1 + b2.x + b0.y, left2 + b0.x + b1.x),
    blend(b1.x + b2.y + b0.z, b2.x + b0.y + b1.y),
    blend(b1.y + b2.z + b0.w, b2.y + b0.z + b1.z),
    blend(b1.z + b2.w + right0, b2.z + b0.w + b1.w));
  let odd = vec4f(
    blend(left2 + b0.x + b1.y, b1.x + b2.x + b0.y),
    blend(b2.x + b0.y + b1.z, b1.y + b2.y + b0.z),
    blend(b2.y + b0.z + b1.w, b1.z + b2.z + b0.w),
    blend(b2.z + b0.w + right1, b1.w + b2.w + right0));
  return Line(even, odd);
}

// f[k], zero outside.
fn fir(k: i32) -> f32 { return select(select(0.0, 0.25, k == 0 || k == 3), 0.75, k == 1 || k == 2); }

// A pair's columns, and their part in each of the four rows of the block.
struct Pair {
  line: Line,
  parts: vec4f,
}

// Pair (dp, a) of those that reach the block, (−1, 1), (−1, 2), (0, 0) .. (1, 2), (2, 0), (2, 1): numbers 1 to 10.
fn pair_at(pair: i32, source: Source) -> Pair {
  let third = (pair * 11) >> 5; // pair / 3, which a CPU does lane by lane
  let dp = third - 1;
  let a = pair - 3 * third;
  let row = source.p + dp;
  let height = i32(params.height);
  let inside = select(0.0, 1.0, row >= 0 && row < height);
  let first = source.channel + u32(clamp(row, 0, height - 1)) * source.width + u32(a) * 3 * source.stride;
  let line = horizontal(first + source.q, source);
  let k = 2 * dp + a + 1;
  return Pair(line, inside * vec4f(fir(k), fir(k - 1), fir(k - 2), fir(k - 3)));
}

// Sums and two terms more.
fn add(sum: vec4f, value: vec4f, part: f32, next: vec4f, next_part: f32) -> vec4f {
  return vec4f(
    sum.x + value.x * part + next.x * next_part,
    sum.y + value.y * part + next.y * next_part,
    sum.z + value.z * part + next.z * next_part,
    sum.w + value.w * part + next.w * next_part);
}
fn add_line(sums: Line, line: Line, part: f32, next: Line, next_part: f32) -> Line {
  return Line(add(sums.even, line.even, part, next.even, next_part), add(sums.odd, line.odd, part, next.odd, next_part));
}

// Writes eight columns of row \`row\`; nothing below the edge.
fn finish_row(line: Line, channel: Channel, row: u32, q: u32) {
  if (row >= 2 * params.height) { return; }
  let at = row * params.width / 2 + 2 * q;
  finish(vec4f(line.even.x, line.odd.x, line.even.y, line.odd.y), channel, at);
  finish(vec4f(line.even.z, line.odd.z, line.even.w, line.odd.w), channel, at + 1);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let across = params.width / 4;
  let cells = (params.rows + 1) / 2 * across;
  if (index >= params.out_channels * cells) { return; }
  let o = index / cells;
  let cell = index - o * cells;
  let row = cell / across;
  let q = cell - row * across;
  let p = 2 * row + params.top;
  let channel = channel_of(o, o * params.height * params.width);

  let padded = params.padded_pixels / 4;
  let first = o * padded - params.first_row * across; // may wrap; a row's offset takes it back
  let source = Source(first, params.out_channels * padded, across, i32(p), q);
  var sums: array<Line, 4>; // rows of the block
  for (var number = 1; number < 11; number += 2) {
    let pair = pair_at(number, source);
    let next = pair_at(number + 1, source);
    #for R in 4
    sums[{{R}}] = add_line(sums[{{R}}], pair.line, pair.parts[{{R}}], next.line, next.parts[{{R}}]);
    #end
  }
  #for R in 4
  finish_row(sums[{{R}}], channel, 2 * p + {{R}}, q);
  #end
}
`,Jg=`// Affine warp of a picture: result pixel (u, v) is the mean of n × n bilinear values spread evenly over what it covers in the source.
//
// source: RGBA bytes, a word a pixel, in rows. view (12 numbers, so that a compiled graph serves every picture): a, b, c, d, x, y of
// (u, v) → (a·u + c·v + x, b·u + d·v + y), in pixel indices; source width and height; first u and v; n; 0.
// result: planes [3, H, W] as value·scale + shift with values in 0..255, or with PACKED a word of RGBA bytes a pixel, values truncated as
// Pillow does. Outside the source its edge goes on (EXTEND), or all is 0. One invocation a result pixel.

struct Params {
  height: u32,
  width: u32,
  scale: f32,
  shift: f32,
}

override WORKGROUP_SIZE: u32;
override PACKED: bool;
override EXTEND: bool;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> view: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<u32>; // f32 planes as their bits

// The colour at whole position \`p\`, 0..255.
fn pixel(p: vec2i, size: vec2i) -> vec3f {
  let within = clamp(p, vec2i(0), size - 1);
  let word = source[within.y * size.x + within.x];
  let colour = vec3f(f32(word & 255), f32((word >> 8) & 255), f32((word >> 16) & 255));
  return select(vec3f(0), colour, EXTEND || all(within == p));
}

fn bilinear(p: vec2f, size: vec2i) -> vec3f {
  let low = floor(p);
  let part = p - low;
  let at = vec2i(low);
  let upper = mix(pixel(at, size), pixel(at + vec2i(1, 0), size), part.x);
  let lower = mix(pixel(at + vec2i(0, 1), size), pixel(at + vec2i(1, 1), size), part.x);
  return mix(upper, lower, part.y);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * WORKGROUP_SIZE;
  let pixels = params.height * params.width;
  if (index >= pixels) { return; }
  let right = vec2f(view[0], view[1]);
  let down = vec2f(view[2], view[3]);
  let size = vec2i(i32(view[6]), i32(view[7]));
  let at = vec2f(view[8] + f32(index % params.width), view[9] + f32(index / params.width));
  let centre = right * at.x + down * at.y + vec2f(view[4], view[5]);
  let samples = u32(view[10]);
  var sum = vec3f(0);
  for (var j = 0u; j < samples; j++) {
    for (var i = 0u; i < samples; i++) {
      let offset = (vec2f(f32(i), f32(j)) + 0.5) / f32(samples) - 0.5;
      sum += bilinear(centre + right * offset.x + down * offset.y, size);
    }
  }
  let colour = sum / f32(samples * samples);
  if (PACKED) {
    let bytes = vec3u(clamp(colour + 1e-3, vec3f(0), vec3f(255)));
    result[index] = bytes.x | (bytes.y << 8) | (bytes.z << 16) | 0xff000000;
    return;
  }
  let value = colour * params.scale + params.shift;
  result[index] = bitcast<u32>(value.x);
  result[pixels + index] = bitcast<u32>(value.y);
  result[2 * pixels + index] = bitcast<u32>(value.z);
}
`,Yg=`// weightUpdate: θ̂[i, a, b, o] = θ[i, a, b, o] · (1 + Δ[o, i, a, b]) · scale and energy[i, o] = Σ_ab θ̂²
// θ and θ̂ [I, k, k, O]; Δ [O, I, f, f] in checkpoint order, f = k or 1 (one offset for all taps); energy [I, O].
// One invocation owns one i and a vector of o with all its taps; neighbours differ in o, so θ and θ̂ are read and written in rows.

{{ENABLE_F16}}
alias Vector = {{VECTOR}}; // of four output channels where they are a multiple of four

struct Params {
  in_channels: u32,
  out_channels: u32, // in vectors
  taps: u32, // k²
  delta_taps: u32, // f², 0 without Δ
  delta: u32, // element offset of Δ
  energy: u32, // offset of energy in vectors
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> theta: array<Vector>;
@group(0) @binding(2) var<storage, read> delta: array<f32>;
@group(0) @binding(3) var<storage, read_write> updated: array<{{STORED}}>;
@group(0) @binding(4) var<storage, read_write> energy: array<Vector>;

// Offsets of one tap; those of the next output channel are \`pitch\` elements further.
fn offsets4(at: u32, pitch: u32) -> vec4f {
  return vec4f(delta[at], delta[at + pitch], delta[at + 2 * pitch], delta[at + 3 * pitch]);
}
fn offsets1(at: u32, pitch: u32) -> f32 { return delta[at]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.in_channels * params.out_channels) { return; }
  let i = index / params.out_channels;
  let o = index % params.out_channels;
  let pitch = params.in_channels * params.delta_taps;
  var source = params.delta + o * {{WIDTH}} * pitch + i * params.delta_taps;
  var at = i * params.taps * params.out_channels + o;
  var sum = Vector();
  for (var tap = 0u; tap < params.taps; tap++) {
    var value = theta[at] * params.scale;
    if (params.delta_taps > 0) { value *= 1 + offsets{{WIDTH}}(source, pitch); }
    updated[at] = {{STORED}}(value);
    sum += value * value;
    at += params.out_channels;
    if (params.delta_taps > 1) { source++; }
  }
  energy[params.energy + index] = sum;
}
`,Xg=`// weightUpdate, backward. With h = dθ̂ + 2 · θ̂ · dE, θ̂ = θ · (1 + Δ) · scale:
// dθ = h · scale · (1 + Δ), dΔ = h · scale · θ, summed over the taps where one offset serves them all.
// One invocation a pair of channels.

struct Params {
  in_channels: u32,
  out_channels: u32,
  taps: u32,
  delta_taps: u32, // 0: no Δ
  delta: u32, // first element of Δ
  energy: u32, // first element of dE
  has_tuned: u32, // 1: there is a dθ̂
  has_energy: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> theta: array<f32>; // [I, k, k, O]
@group(0) @binding(2) var<storage, read> deltas: array<f32>; // Δ [O, I, f, f]
@group(0) @binding(3) var<storage, read> dtuned: array<f32>; // dθ̂ [I, k, k, O]
@group(0) @binding(4) var<storage, read> denergies: array<f32>; // dE [I, O]
@group(0) @binding(5) var<storage, read_write> dtheta: array<f32>; // dθ [I, k, k, O]
@group(0) @binding(6) var<storage, read_write> ddelta: array<f32>; // dΔ [O, I, f, f]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.in_channels * params.out_channels) { return; }
  let i = index / params.out_channels;
  let o = index % params.out_channels;
  let delta_at = (o * params.in_channels + i) * params.delta_taps;
  var energy = 0.0;
  if (params.has_energy == 1) { energy = denergies[params.energy + index]; }
  var sum = 0.0;
  for (var tap = 0u; tap < params.taps; tap++) {
    let at = (i * params.taps + tap) * params.out_channels + o;
    var factor = params.scale;
    if (params.delta_taps > 0) { factor *= 1 + deltas[params.delta + delta_at + tap % params.delta_taps]; }
    var h = 2 * theta[at] * factor * energy;
    if (params.has_tuned == 1) { h += dtuned[at]; }
    dtheta[at] = h * factor;
    sum += h * params.scale * theta[at];
    if (params.delta_taps > 1) { ddelta[delta_at + tap] = h * params.scale * theta[at]; }
  }
  if (params.delta_taps == 1) { ddelta[delta_at] = sum; }
}
`,Zg=`// Winograd F(4×4, 3×3), filter transform: spectrum[6r + s, i, o] = (G g Gᵀ)[r, s] of g = w[i, :, :, o]  (Lavin & Gray, arXiv 1509.09308)
// w [I, 3, 3, O/4] and spectrum [36, I, O′/4] in vec4, with O′ = O rounded up to whole tiles, the rest zero.
// One invocation transforms the filters of four output channels, the lanes of its vectors. Runs once per weight update.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  out_quads: u32, // O / 4
  padded_quads: u32, // O′ / 4
  scale: f32, // of the spectrum: keeps f16 in its range, 1 for f32
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> spectrum: array<vec4<{{ELEMENT}}>>;

// G times three weights.
fn transform(first: vec4f, middle: vec4f, last: vec4f) -> Six {
  let near = -(first + last / 2) / 1.5;
  let near_odd = middle * (A / 1.5);
  let far = (first + 2 * last) / 6;
  let far_odd = middle * (B / 6);
  return Six(first, near - near_odd, near + near_odd, far + far_odd, far - far_odd, last);
}

// The row of a filter that begins at \`at\`, times Gᵀ; zero past the last channel.
fn filter_row(at: u32, inside: bool) -> Six {
  let quads = params.out_quads;
  let scale = select(0.0, params.scale, inside);
  return transform(w[at] * scale, w[at + quads] * scale, w[at + 2 * quads] * scale);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.in_channels * params.padded_quads;
  if (index >= stride) { return; }
  let i = index / params.padded_quads;
  let o = index - i * params.padded_quads;
  let quads = params.out_quads;
  let inside = o < quads;
  let first = i * 9 * quads + min(o, quads - 1);
  let top = filter_row(first, inside);
  let middle = filter_row(first + 3 * quads, inside);
  let bottom = filter_row(first + 6 * quads, inside);
  #for S in 6
  store_column(index + {{S}} * stride, stride, transform(top[{{S}}], middle[{{S}}], bottom[{{S}}]));
  #end
}
`,Qg=`// Winograd F(4×4, 3×3), the filter's gradient: w[i, :, :, o] (+)= Gᵀ m G of the 6×6 sums m[6r + s] = Σ_p products[6r + s, p, i, o]:
// the filter transform turned round. Parts p are those that the sum over tiles was cut into.
// products [36, P, I′, O′/4] and w [I, 3, 3, O/4] in vec4; I′ and O′ are I and O rounded up to whole blocks.
// One invocation transforms the sums of four output channels, the lanes of its vectors.

struct Params {
  in_channels: u32, // I
  out_quads: u32, // O / 4
  padded_in: u32, // I′
  padded_quads: u32, // O′ / 4
  parts: u32, // P
  keep: u32, // 1: what w holds is added to
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> products: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> w: array<vec4f>;

alias Three = array<vec4f, 3>;

// Gᵀ times six numbers.
fn transform(six: Six) -> Three {
  let near = six[1] + six[2];
  let far = six[3] + six[4];
  let near_odd = six[2] - six[1];
  let far_odd = six[3] - six[4];
  return Three(six[0] - near / 1.5 + far / 6, near_odd * (A / 1.5) + far_odd * (B / 6), (far - near) / 3 + six[5]);
}

// A number of m: the sum over parts.
fn sum_at(frequency: u32, at: u32) -> vec4f {
  let stride = params.padded_in * params.padded_quads;
  var sum = vec4f();
  for (var part = 0u; part < params.parts; part++) { sum += products[(frequency * params.parts + part) * stride + at]; }
  return sum;
}

// Row r of m, times G.
fn row_at(r: u32, at: u32) -> Three {
  let f = 6 * r;
  return transform(Six(
    sum_at(f, at), sum_at(f + 1, at), sum_at(f + 2, at), sum_at(f + 3, at), sum_at(f + 4, at), sum_at(f + 5, at)));
}

fn store(at: u32, value: vec4f) {
  w[at] = select(vec4f(), w[at], params.keep == 1) + value;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  if (index >= params.in_channels * params.out_quads) { return; }
  let i = index / params.out_quads;
  let o = index - i * params.out_quads;
  let at = i * params.padded_quads + o;
  #for R in 6
  let row{{R}} = row_at({{R}}, at);
  #end
  let first = i * 9 * params.out_quads + o;
  #for S in 3
  let column{{S}} = transform(Six(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}], row4[{{S}}], row5[{{S}}]));
  store(first + {{S}} * params.out_quads, column{{S}}[0]);
  store(first + (3 + {{S}}) * params.out_quads, column{{S}}[1]);
  store(first + (6 + {{S}}) * params.out_quads, column{{S}}[2]);
  #end
}
`,$g=`// Winograd F(4×4, 3×3), the output's gradient for the filter's: spectrum[6r + s, t, o] = (A d Aᵀ)[r, s] of the 4×4 tile d of
// x · in_scale[o], x the gradient: the output transform turned round. Sizes and layouts: tile_rows.

{{ENABLE_F16}}

// A times four numbers.
fn transform(four: mat4x4f) -> Six {
  let near = four[0] + 0.5 * four[2];
  let near_odd = A * (four[1] + 0.5 * four[3]);
  let far = four[0] + 2 * four[2];
  let far_odd = B * (four[1] + 2 * four[3]);
  return Six(four[0], near + near_odd, near - near_odd, far + far_odd, far - far_odd, four[3]);
}

// Row \`y\` of the tiles, times Aᵀ.
fn tile_row(y: u32, place: Place) -> Six {
  let at = place.channels + min(y, params.height - 1) * params.width_quads + place.column;
  let inside = select(vec4f(), place.scale, place.used & Mask(y < params.height));
  let four = transpose(mat4x4f(x[at.x], x[at.y], x[at.z], x[at.w]));
  return transform(mat4x4f(four[0] * inside, four[1] * inside, four[2] * inside, four[3] * inside));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.tiles * params.channel_quads;
  if (index >= stride) { return; }
  let place = place_of(index);
  #for R in 4
  let row{{R}} = tile_row(4 * place.row + {{R}}, place);
  #end
  #for S in 6
  store_column(index + {{S}} * stride, stride, transform(mat4x4f(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}])));
  #end
}
`,e_=`// Winograd F(4×4, 3×3), input transform: spectrum[6r + s, i, t] = (Bᵀ d B)[r, s] of the 6×6 patch d around output tile t, read as
// x · in_scale[i] + in_shift[i] inside the picture and zero outside (padding 1).
// x [I, H, W/4] and spectrum [36, I, T′/4] in vec4; tiles row-major, their number in a row rounded up to a multiple of 4. The dispatch
// covers T′ tiles from first_tile on; nothing reads what the product makes of tiles beyond the picture.
// One invocation transforms the patches of four neighbouring tiles, the four lanes of its vectors: 4 vec4 of x and the numbers
// beside them serve them all a row, where four patches alone would take 24 loads, and the spectrum is written in vec4.

{{ENABLE_F16}}
struct Params {
  in_channels: u32,
  height: u32,
  width_quads: u32, // W / 4
  tile_columns: u32, // tiles in a row of tiles, a multiple of 4
  first_tile: u32,
  padded_tiles: u32, // T′
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
  scale: f32, // of all that is read, so that f16 holds it
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> spectrum: array<vec4<{{ELEMENT}}>>;

// Where four patches lie and how they are read.
struct Place {
  first: u32, // of x's channel
  width: u32, // in vec4
  height: i32,
  quad: u32, // the tiles' first column of x, in vec4
  scale: f32,
  shift: f32,
}

// Vector \`column\` of a row, zero outside. It always loads: a CPU pays more for a branch than for a load.
fn load(row: u32, column: u32, place: Place, inside: bool) -> vec4f {
  let values = x[row + min(column, place.width - 1)] * place.scale + place.shift;
  return select(vec4f(), values, inside && column < place.width);
}

// The number before vector \`column\`, and the one that begins it: a CPU pays for every component that is loaded.
fn load_before(row: u32, column: u32, place: Place, inside: bool) -> f32 {
  return select(0.0, x[row + max(column, 1) - 1].w * place.scale + place.shift, inside && column > 0);
}
fn load_first(row: u32, column: u32, place: Place, inside: bool) -> f32 {
  return select(0.0, x[row + min(column, place.width - 1)].x * place.scale + place.shift, inside && column < place.width);
}

// Row \`y\` of the patches, times B.
fn patch_row(y: i32, place: Place) -> Six {
  let inside = y >= 0 && y < place.height;
  let row = place.first + u32(clamp(y, 0, place.height - 1)) * place.width;
  let left = load_before(row, place.quad, place, inside);
  let tile0 = load(row, place.quad, place, inside);
  let tile1 = load(row, place.quad + 1, place, inside);
  let tile2 = load(row, place.quad + 2, place, inside);
  let tile3 = load(row, place.quad + 3, place, inside);
  let right = load_first(row, place.quad + 4, place, inside);
  return transform(Six(
    vec4f(left, tile0.w, tile1.w, tile2.w),
    vec4f(tile0.x, tile1.x, tile2.x, tile3.x),
    vec4f(tile0.y, tile1.y, tile2.y, tile3.y),
    vec4f(tile0.z, tile1.z, tile2.z, tile3.z),
    vec4f(tile0.w, tile1.w, tile2.w, tile3.w),
    vec4f(tile1.x, tile2.x, tile3.x, right)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let quads = params.padded_tiles / 4;
  let stride = params.in_channels * quads;
  if (index >= stride) { return; }
  let i = index / quads;
  let tile = params.first_tile + (index - i * quads) * 4;
  let tile_row = tile / params.tile_columns;
  let quad = tile - tile_row * params.tile_columns;
  let width = params.width_quads;
  let scale = params.scale * in_scale(i);
  let place = Place(i * params.height * width, width, i32(params.height), quad, scale, params.scale * in_shift(i));

  let top = i32(tile_row * 4) - 1;
  #for R in 6
  let row{{R}} = patch_row(top + {{R}}, place);
  #end
  #for S in 6
  store_column(
    index + {{S}} * stride, stride, transform(Six(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}], row4[{{S}}], row5[{{S}}])));
  #end
}
`,t_=`// Winograd F(4×4, 3×3), output transform and epilogue: the 4×4 tile Aᵀ m A of products m, then
// y = act(tile · out_scale[o] + bias[o] + noise + residual) · gain
// products [36, O′, T′/4], y [O, H, W/4], noise [H, W/4] and residual [O, H, W/4] in vec4; tiles row-major, their number in a row rounded
// up to a multiple of 4, the dispatch covers tiles [first_tile, first_tile + T).
// One invocation finishes four neighbouring tiles of one channel, the four lanes of its vectors, and writes each tile's rows
// as vec4: a quarter of the loads and stores, which on a CPU cost more than all arithmetic here.

struct Params {
  out_channels: u32,
  padded_out: u32, // O′
  height: u32,
  width_quads: u32, // W / 4
  tile_columns: u32, // tiles in a row of tiles, a multiple of 4
  first_tile: u32,
  tiles: u32, // T
  padded_tiles: u32, // T′
  out_scale: u32, // see vec4_epilogue
  bias: u32,
  slopes: u32,
  slope: f32,
  gain: f32,
  unit: f32, // of the products: 1 / the scale of the filters
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> products: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

alias Four = array<vec4f, 4>; // numbers in a row or column of a tile, of four tiles
alias Tile = array<Four, 4>; // rows

// Aᵀ times six frequencies.
fn transform(values: Six) -> Four {
  let near = values[1] + values[2];
  let near_odd = A * (values[1] - values[2]);
  let far = values[3] + values[4];
  let far_odd = B * (values[3] - values[4]);
  return Four(
    values[0] + near + far,
    near_odd + far_odd,
    0.5 * near + 2 * far,
    0.5 * near_odd + 2 * far_odd + values[5]);
}

// Row of the products that begins at \`first\`, times A: four numbers of a row of a tile.
fn tile_row_at(first: u32, stride: u32) -> Four {
  return transform(Six(
    products[first],
    products[first + stride],
    products[first + 2 * stride],
    products[first + 3 * stride],
    products[first + 4 * stride],
    products[first + 5 * stride]));
}

// Column r of Aᵀ: 1, p, p² and p³ of point r, the last of which is ∞.
fn powers(r: u32) -> vec4f {
  let large = r > 2;
  let point = select(1.0, -1.0, r % 2 == 0) * select(A, B, large);
  let square = select(0.5, 2.0, large);
  let powers = select(vec4f(1, 0, 0, 0), vec4f(1, point, square, point * square), r > 0);
  return select(powers, vec4f(0, 0, 0, 1), r == 5);
}

// sum + value·factor, component by component: see batched_product_quads.
fn plus(sum: vec4f, value: vec4f, factor: f32) -> vec4f {
  return vec4f(
    sum.x + value.x * factor, sum.y + value.y * factor, sum.z + value.z * factor, sum.w + value.w * factor);
}
fn plus_row(sums: Four, values: Four, factor: f32) -> Four {
  return Four(
    plus(sums[0], values[0], factor),
    plus(sums[1], values[1], factor),
    plus(sums[2], values[2], factor),
    plus(sums[3], values[3], factor));
}

// Writes row \`row\` of the tiles as far as they are inside the picture.
fn finish_row(values: Four, channel: Channel, row: u32, column: u32) {
  let at = row * params.width_quads + column;
  let tiles = select(0u, params.width_quads - column, row < params.height);
  #for T in 4
  if (tiles > {{T}}) {
    finish(vec4f(values[0][{{T}}], values[1][{{T}}], values[2][{{T}}], values[3][{{T}}]), channel, at + {{T}});
  }
  #end
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let quads = params.tiles / 4;
  if (index >= params.out_channels * quads) { return; }
  let o = index / quads;
  let quad = index - o * quads;
  let tile_index = params.first_tile + 4 * quad;
  let tile_row = tile_index / params.tile_columns;
  let column = tile_index - tile_row * params.tile_columns;
  var channel = channel_of(o, o * params.height * params.width_quads);
  channel.scale *= params.unit;

  let padded = params.padded_tiles / 4;
  let stride = params.padded_out * padded;
  let first = o * padded + quad;
  // Aᵀ down is a loop: unrolled this pass, a tenth of a layer, is some 10 % faster on SwiftShader but takes it twice as long to compile.
  var tile: Tile;
  for (var r = 0u; r < 6; r++) {
    let row = tile_row_at(first + 6 * r * stride, stride);
    let factors = powers(r);
    #for R in 4
    tile[{{R}}] = plus_row(tile[{{R}}], row, factors[{{R}}]);
    #end
  }
  #for R in 4
  finish_row(tile[{{R}}], channel, 4 * tile_row + {{R}}, column);
  #end
}
`,n_=`// Winograd F(4×4, 3×3), input transform for the filter's gradient: spectrum[6r + s, t, i] = (Bᵀ d B)[r, s] of the 6×6 patch d around
// output tile t, read as x · in_scale[i] + in_shift[i] inside the picture and zero outside (padding 1). Sizes and layouts: tile_rows.
// winograd_input makes the same with tiles fastest; here channels are, since the product that follows adds up over tiles.

{{ENABLE_F16}}

// Row \`y\` of the patches, times B.
fn patch_row(y: i32, place: Place) -> Six {
  let inside = place.used & Mask(y >= 0 && y < i32(params.height));
  let row = u32(clamp(y, 0, i32(params.height) - 1)) * params.width_quads;
  let at = place.channels + row + place.column;
  let before = place.channels + row + max(place.column, 1) - 1;
  let after = place.channels + row + min(place.column + 1, params.width_quads - 1);
  let left = vec4f(x[before.x].w, x[before.y].w, x[before.z].w, x[before.w].w);
  let right = vec4f(x[after.x].x, x[after.y].x, x[after.z].x, x[after.w].x);
  let middle = transpose(mat4x4f(x[at.x], x[at.y], x[at.z], x[at.w]));
  let has_left = inside & Mask(place.column > 0);
  let has_right = inside & Mask(place.column + 1 < params.width_quads);
  return transform(Six(
    select(vec4f(), left * place.scale + place.shift, has_left),
    select(vec4f(), middle[0] * place.scale + place.shift, inside),
    select(vec4f(), middle[1] * place.scale + place.shift, inside),
    select(vec4f(), middle[2] * place.scale + place.shift, inside),
    select(vec4f(), middle[3] * place.scale + place.shift, inside),
    select(vec4f(), right * place.scale + place.shift, has_right)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64;
  let stride = params.tiles * params.channel_quads;
  if (index >= stride) { return; }
  let place = place_of(index);
  let top = i32(place.row * 4) - 1; // rows beyond the picture are zero, and so are tiles there
  let last = place.row * 4 >= params.height;
  #for R in 6
  let row{{R}} = patch_row(select(top + {{R}}, -1, last), place);
  #end
  #for S in 6
  store_column(
    index + {{S}} * stride, stride, transform(Six(row0[{{S}}], row1[{{S}}], row2[{{S}}], row3[{{S}}], row4[{{S}}], row5[{{S}}])));
  #end
}
`,r_=`// What an activation and its backward share: sizes and the slope below zero.

struct Params {
  count: u32,
  pixels: u32, // P
  has_slopes: u32, // 1: PReLU
  slope: f32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slopes: array<f32>; // [C]

// Slope below zero at element \`index\`.
fn slope_at(index: u32) -> f32 {
  if (params.has_slopes == 1) { return slopes[index / params.pixels]; }
  return params.slope;
}
`,i_=`// Sizes and operands of matrix products, one a batch b: product[b, r, c] = Σ_k left[b, k, r] · right[b, k, c]; f32 sums in every case.
// left [B, K, R] and right [B, K, C] of \`Element\`, product [B, R, C] of \`Result\`: aliases that the kernel declares, vec4 or single.

struct Params {
  depth: u32, // K
  row_quads: u32, // R / 4
  column_quads: u32, // C / 4
  batches: u32, // B
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> left: array<Element>;
@group(0) @binding(2) var<storage, read> right: array<Element>;
@group(0) @binding(3) var<storage, read_write> product: array<Result>;
`,a_=`// Sizes of a convolution of any kernel, stride, padding and number of groups, and its main bindings but the filters (7).
// x [I, H, W]; w [groups, I/groups, k, k, O/groups]; y [O, OH, OW], or [S, O, OH, OW] where S parts of each sum are left.

struct Params {
  groups: u32,
  group_in: u32, // I / groups
  group_out: u32, // O / groups
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  part_terms: u32, // of the I/groups·k·k terms of a sum, those that one part adds up
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
  out_scale: u32,
  bias: u32,
  slope: f32, // see epilogue
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> x: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;
`,o_=`// What follows a convolution's sum: act(sum · out_scale[o] + bias[o] + noise[pixel] + residual[element]) · gain.
// Needs operands; of params: element offsets \`out_scale\` and \`bias\`, \`gain\`, and \`slope\`, the activation below zero: 1 none, 0 ReLU.
// A PReLU has a slope a channel instead.

override OUT_SCALE: u32 = 5;
override BIAS: u32 = 5;
override NOISE: u32 = 5;
override RESIDUAL: u32 = 5;
override SLOPES: u32 = 5;

// Result of output channel \`o\` at \`pixel\` of [OH, OW], which is \`element\` of [O, OH, OW].
fn epilogue(sum: f32, o: u32, pixel: u32, element: u32) -> f32 {
  var value = sum;
  if (OUT_SCALE != ABSENT_SLOT) { value *= operand(OUT_SCALE, params.out_scale + o); }
  if (BIAS != ABSENT_SLOT) { value += operand(BIAS, params.bias + o); }
  if (NOISE != ABSENT_SLOT) { value += operand(NOISE, pixel); }
  if (RESIDUAL != ABSENT_SLOT) { value += operand(RESIDUAL, element); }
  var slope = params.slope;
  if (SLOPES != ABSENT_SLOT) { slope = operand(SLOPES, o); }
  return select(value * slope, value, value >= 0) * params.gain;
}
`,s_=`// Sizes and taps of both forms of fir.

struct Params {
  channels: u32, // C
  first_channel: u32, // of x
  height: u32, // of x
  width: u32,
  out_height: u32,
  out_width: u32,
  up: u32,
  down: u32,
  pad: u32,
  gain: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [≥ first + C, H, W]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [C, OH, OW]

// f = [1, 3, 3, 1] / 8
const OUTER = 0.125;
const INNER = 0.375;
`,c_=`// Winograd F(2×2, 3×3) of a workgroup, from pixels in workgroup memory to y, for conv2d_fused and upconv_fused.
// A workgroup of 128 owns 4 × 4 tiles × 32 channels of y: it brings pixels and filters of four inputs into workgroup memory and transforms
// both, then an invocation multiplies 8 tiles × 8 channels of one of the 16 frequencies in registers.
// Needs operands, epilogue, outer; of params: \`in_channels\`, \`out_channels\`, \`part_channels\`; \`const TURNED\`, whether filters are turned
// round; and \`out_size\`, \`pixel_of\`, \`load_pixels\`, \`transform_pixels\`, which the kernels explain.

alias Term = vec4f;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> x: array<f32>; // [I, H, W]
@group(0) @binding(7) var<storage, read> w: array<vec4f>; // [I, 3, 3, O/4]
@group(0) @binding(8) var<storage, read_write> y: array<f32>; // [S, O, …]

var<workgroup> patches: array<vec4f, 256>; // [4 inputs, 16 frequencies, 4 rows of tiles], four tiles in a vec4
var<workgroup> filters: array<vec4f, 512>; // [4 inputs, 16 frequencies, 8 channel quads]; in the end sums [16, 8, 4 rows of tiles]

// A row of G w times Gᵀ.
fn put_filters(at: u32, row: mat3x4f) {
  filters[at] = row[0];
  filters[at + 8] = 0.5 * (row[0] + row[1] + row[2]);
  filters[at + 16] = 0.5 * (row[0] - row[1] + row[2]);
  filters[at + 24] = row[2];
}

// Row \`row\` of a filter of four channels whose taps begin at \`first\`, \`quads\` apart.
fn filter_row(first: u32, quads: u32, row: u32) -> mat3x4f {
  if (TURNED) {
    let last = first + (8 - 3 * row) * quads;
    return mat3x4f(w[last], w[last - quads], w[last - 2 * quads]);
  }
  let at = first + 3 * row * quads;
  return mat3x4f(w[at], w[at + quads], w[at + 2 * quads]);
}

// The upper or lower two rows of the frequencies of four filters. What lies past the last input or channel is not used.
fn load_filters(first: u32, k: u32, first_quad: u32, quad: u32, lower: bool) {
  let quads = params.out_channels / 4;
  let at = min(first + k, params.in_channels - 1) * 9 * quads + min(first_quad + quad, quads - 1);
  let top = filter_row(at, quads, 0);
  let middle = filter_row(at, quads, 1);
  let bottom = filter_row(at, quads, 2);
  var edge = top;
  if (lower) { edge = bottom; }
  put_filters(k * 128 + select(0u, 96u, lower) + quad, edge);
  put_filters(k * 128 + select(32u, 64u, lower) + quad, 0.5 * (top + bottom + select(1.0, -1.0, lower) * middle));
}

// Brings all frequencies of every fourth channel together; each invocation finishes one tile of one: Aᵀ down, A across, epilogue.
fn finish(sums: array<vec4f, 4>, index: u32, part: u32, first: u32, tiles: vec2u) {
  let slot = index / 8 * 32 + index % 4 * 4 + index / 4 % 2;
  workgroupBarrier();
  for (var j = 0u; j < 4; j++) { filters[slot + j / 2 * 16 + j % 2 * 2] = sums[j]; }
  workgroupBarrier();
  var products: mat4x4f;
  let tile = index % 4;
  for (var row = 0u; row < 4; row++) {
    let at = index / 4 + 128 * row;
    products[row] = vec4f(filters[at][tile], filters[at + 32][tile], filters[at + 64][tile], filters[at + 96][tile]);
  }
  let values = mat4x2f(1, 0, 1, 1, 1, -1, 0, -1) * products * mat2x4f(1, 1, 1, 0, 0, 1, -1, -1); // Aᵀ productsᵀ A
  let o = first + index / 16 * 4;
  let size = out_size();
  for (var p = 0u; p < 4; p++) {
    let place = 8 * tiles + 2 * vec2u(tile, index / 4 % 4) + vec2u(p % 2, p / 2);
    if (o >= params.out_channels || any(place >= size)) { continue; }
    let pixel = place.y * size.x + place.x;
    let element = o * size.x * size.y + pixel;
    y[part * params.out_channels * size.x * size.y + element] = epilogue(values[p / 2][p % 2], o, pixel, element);
  }
}

// A matrix whose columns have moved up by one.
fn moved_up(m: mat4x4f) -> mat4x4f { return mat4x4f(m[1], m[2], m[3], m[0]); }

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let blocks = (params.out_channels + 31) / 32;
  let part = group.z / blocks;
  let quad = group.z % blocks * 8;
  let pixel = pixel_of(index, group.xy); // found once: it stays
  let start = part * params.part_channels;
  var sums: array<mat4x4f, 4>; // rows of tiles t, t + 2, t, t + 2; channel quads q, q, q + 4, q + 4
  for (var i = start; i < min(start + params.part_channels, params.in_channels); i += 4) {
    load_pixels(i, index, pixel);
    if (index >= 64) { load_filters(i, index / 16 - 4, quad, index % 8, index / 8 % 2 == 1); }
    workgroupBarrier();
    if (index < 64) { transform_pixels(index / 16, index % 4, index / 4 % 4); }
    workgroupBarrier();
    for (var frequency = index / 8; frequency < 64; frequency += 16) {
      let patch_at = frequency * 4 + index / 4 % 2;
      let filter_at = frequency * 8 + index % 4;
      sums[0] += outer(patches[patch_at], filters[filter_at]);
      sums[1] += outer(patches[patch_at + 2], filters[filter_at]);
      sums[2] += outer(patches[patch_at], filters[filter_at + 4]);
      sums[3] += outer(patches[patch_at + 2], filters[filter_at + 4]);
    }
    workgroupBarrier();
  }
  for (var c = 0u; c < 4; c++) { // columns move up: looked up by a variable they would not stay in registers
    finish(array(sums[0][0], sums[1][0], sums[2][0], sums[3][0]), index, part, 4 * quad + c, group.xy);
    sums[0] = moved_up(sums[0]);
    sums[1] = moved_up(sums[1]);
    sums[2] = moved_up(sums[2]);
    sums[3] = moved_up(sums[3]);
  }
}
`,l_=`// Scale of input channel \`i\`, 1 where there is none: a layer's style. Needs operands; \`params.in_scale\`, its element offset.

override IN_SCALE: u32 = 5;

fn in_scale(i: u32) -> f32 {
  if (IN_SCALE == ABSENT_SLOT) { return 1; }
  return operand(IN_SCALE, params.in_scale + i);
}
`,u_=`// Shift of input channel \`i\` after its scale, 0 where there is none. Needs operands; \`params.in_shift\`, its element offset.

override IN_SHIFT: u32 = 5;

fn in_shift(i: u32) -> f32 {
  if (IN_SHIFT == ABSENT_SLOT) { return 0; }
  return operand(IN_SHIFT, params.in_shift + i);
}
`,d_=`// Optional scale and shift of input channel \`i\`, 1 and 0 where there is none: bindings 1 and 2. Offsets in params, \`in_scale\` and
// \`in_shift\`, tell whether they are there; an override each would triple the pipelines.
// It always loads, and does not branch: lavapipe would specialise the shader on a branch, anew at each dispatch.

const ABSENT = 0xffffffffu;

@group(0) @binding(1) var<storage, read> scales: array<f32>;
@group(0) @binding(2) var<storage, read> shifts: array<f32>;

fn in_scale(i: u32) -> f32 {
  let present = params.in_scale != ABSENT;
  return select(1.0, scales[select(0, params.in_scale + i, present)], present);
}

fn in_shift(i: u32) -> f32 {
  let present = params.in_shift != ABSENT;
  return select(0.0, shifts[select(0, params.in_shift + i, present)], present);
}
`,f_=`// A pass that leaves the gradient to a picture x, whose channels an op multiplies by weights, and the sums of those to the weights:
// dx[i] (+)= weights(i) · gradient and S[part, i] = Σ_p x[i, p] · gradient. One workgroup a part of a channel's pixels.
// Needs tree_sum and its \`alias Partial\`, what a pixel's gradient is; \`weights_of(i)\`, like it; \`gradient_at(i, p)\`; and
// \`along(weights, gradient)\`, their product summed up.

struct Params {
  channels: u32, // I
  pixels: u32, // P
  part_pixels: u32, // of a part
  scale: u32, // first element of s
  keep: u32, // 1: what dx holds is added to
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // to the op's result [.., P]
@group(0) @binding(2) var<storage, read> x: array<f32>; // [I, P]
@group(0) @binding(3) var<storage, read> scales: array<f32>; // s
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // [I, P]
@group(0) @binding(5) var<storage, read_write> sums: array<Partial>; // S [parts, I]

const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let channel = group.x;
  let first = channel * params.pixels;
  let begin = group.y * params.part_pixels;
  let end = min(begin + params.part_pixels, params.pixels);
  let weights = weights_of(channel);
  let keep = params.keep == 1;
  var sum = Partial();
  for (var p = begin + local; p < end; p += WORKGROUP_SIZE) {
    let here = gradient_at(channel, p);
    dx[first + p] = along(weights, here) + select(0.0, dx[first + p], keep);
    sum += x[first + p] * here;
  }
  let all = tree_sum_for_all(sum, local);
  if (local == 0) { sums[group.y * params.channels + channel] = all; }
}
`,p_=`// What both rungs of a single layer's head read and write; needs matrix.
// Δ[r] = Σ_k code[k]·W[r, k] + t·b[r], with a state row [code…, t] of z + 1 elements; t counts the steps that were summed.

struct Params {
  z: u32, // elements of the code
  columns: u32, // z in vectors
  rows: u32, // weight rows of this chunk
  first_row: u32, // where the chunk starts in b, the scales and Δ
  state_row: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> state: array<f32>; // [layers, z + 1]
@group(0) @binding(4) var<storage, read> bias: array<f32>; // [all rows]
@group(0) @binding(5) var<storage, read_write> delta: array<f32>; // [all rows]

// The vector of the state that begins at element \`i\`. Rows have z + 1 elements, so they are not aligned to vectors.
fn code4(i: u32) -> vec4f { return vec4f(state[i], state[i + 1], state[i + 2], state[i + 3]); }
fn code1(i: u32) -> f32 { return state[i]; }
fn code_at(i: u32) -> Vector { return code{{WIDTH}}(i); }

// Writes row \`row\` of the chunk from its product with the code; nothing past the last one.
fn store(row: u32, product: f32) {
  if (row >= params.rows) { return; }
  let at = params.first_row + row;
  let steps = state[params.state_row * (params.z + 1) + params.z];
  var sum = product;
  if (HAS_SCALES) { sum *= scales[at]; }
  delta[at] = sum + steps * bias[at];
}
`,m_=`// What LPIPS at one tap and its backward share: features and weights, and lengths of a pixel over the channels.

const EPSILON = 1e-10; // added to lengths

struct Params {
  channels: u32,
  pixels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>; // [C, P]
@group(0) @binding(2) var<storage, read> wanted: array<f32>; // t [C, P]
@group(0) @binding(3) var<storage, read> weights: array<f32>; // w [C]

fn length_x(p: u32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) { sum += x[c * params.pixels + p] * x[c * params.pixels + p]; }
  return sqrt(sum);
}

fn length_target(p: u32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < params.channels; c++) {
    sum += wanted[c * params.pixels + p] * wanted[c * params.pixels + p];
  }
  return sqrt(sum);
}
`,h_=`// A weight matrix stored in f32, f16 (two a word) or i8 (four a word, a scale a row): bindings 1 and 2; see src/kernels/matrix.ts.
// Gives \`weight_at(i)\`, vector \`i\` of the matrix without its row's scale, and \`total\`, the sum of a vector's components.

override PER_WORD: u32; // vectors that a stored word holds
override HAS_SCALES: bool;

alias Vector = {{VECTOR}}; // f32, or vec4f where rows are whole vectors
alias Word = {{WORD}}; // as stored

@group(0) @binding(1) var<storage, read> weight: array<Word>;
@group(0) @binding(2) var<storage, read> scales: array<f32>; // one a row, of i8

// A stored word as f32 values; \`lane\` says which, where a word holds more than one.
fn f32x4(word: vec4f, lane: u32) -> vec4f { return word; }
fn f16x4(word: vec2u, lane: u32) -> vec4f { return vec4f(unpack2x16float(word.x), unpack2x16float(word.y)); }
fn i8x4(word: u32, lane: u32) -> vec4f { return 127 * unpack4x8snorm(word); }
fn f32x1(word: u32, lane: u32) -> f32 { return bitcast<f32>(word); }
fn f16x1(word: u32, lane: u32) -> f32 { return unpack2x16float(word)[lane]; }
fn i8x1(word: u32, lane: u32) -> f32 { return 127 * unpack4x8snorm(word)[lane]; }

fn weight_at(i: u32) -> Vector { return {{DTYPE}}x{{WIDTH}}(weight[i / PER_WORD], i % PER_WORD); }

fn total4(v: vec4f) -> f32 { return dot(v, vec4f(1)); }
fn total1(v: f32) -> f32 { return v; }
fn total(v: Vector) -> f32 { return total{{WIDTH}}(v); }
`,g_=`// What max pooling and its backward share: sizes, the input, and which pixel of a window wins.

struct Params {
  channels: u32, // C
  out_channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>; // [C, H, W]

// The first largest pixel of a window, as its index in the channel.
fn winner(channel: u32, row: u32, column: u32) -> u32 {
  var best = 0u;
  var largest = 0.0;
  var found = false;
  for (var tap = 0u; tap < params.kernel * params.kernel; tap++) {
    let y = row * params.stride + tap / params.kernel;
    let x = column * params.stride + tap % params.kernel;
    if (y < params.padding || x < params.padding) { continue; }
    if (y - params.padding >= params.height || x - params.padding >= params.width) { continue; }
    let at = (y - params.padding) * params.width + x - params.padding;
    let value = input[channel * params.height * params.width + at];
    if (!found || value > largest) {
      best = at;
      largest = value;
      found = true;
    }
  }
  return best;
}
`,__=`// Sizes of a nearest resize and of its backward: [C, H, W] and [C, h, w].

struct Params {
  channels: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
`,v_=`// Optional operands of a convolution: bindings 1 … 5, whose slots overrides name; see \`bindConvOperands\` in src/kernels/epilogue.ts.
// Gives \`operand(slot, index)\` and ABSENT_SLOT, the slot of an operand that is not there.

@group(0) @binding(1) var<storage, read> slot0: array<f32>;
@group(0) @binding(2) var<storage, read> slot1: array<f32>;
@group(0) @binding(3) var<storage, read> slot2: array<f32>;
@group(0) @binding(4) var<storage, read> slot3: array<f32>;
@group(0) @binding(5) var<storage, read> slot4: array<f32>;

const ABSENT_SLOT = 5u;

// Element \`index\` of the operand in \`slot\`; \`slot\` is an override, so the switch folds away.
fn operand(slot: u32, index: u32) -> f32 {
  switch slot {
    case 0: { return slot0[index]; }
    case 1: { return slot1[index]; }
    case 2: { return slot2[index]; }
    case 3: { return slot3[index]; }
    default: { return slot4[index]; }
  }
}
`,y_=`// Four columns × four rows of a product, of one term: column j of the matrix is row j of the result. Needs \`alias Term\`, a vec4.

fn outer(columns: Term, rows: Term) -> mat4x4f {
  return mat4x4f(vec4f(columns * rows.x), vec4f(columns * rows.y), vec4f(columns * rows.z), vec4f(columns * rows.w));
}
`,b_=`// Writes four columns of four rows of a product, \`stride\` vectors apart from \`at\` on. Needs batched_product in vec4.

fn write_rows(at: u32, stride: u32, sums: mat4x4f) {
  product[at] = sums[0];
  product[at + stride] = sums[1];
  product[at + 2 * stride] = sums[2];
  product[at + 3 * stride] = sums[3];
}
`,x_=`// One workgroup a row: its invocations take every 64th element of the row each and add up through workgroup memory.
// Needs tree_sum and its \`alias Partial\`; \`params.rows\`; \`part_of(row, local)\`, an invocation's part of the sum, and
// \`finish(row, sum, local)\`, what becomes of the sum, which every invocation gets.

const WORKGROUP_SIZE = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = group.x + group.y * workgroups.x;
  let inside = row < params.rows;
  var part = Partial();
  if (inside) { part = part_of(row, local); }
  let sum = tree_sum_for_all(part, local);
  if (inside) { finish(row, sum, local); }
}
`,S_=`// What every rung of the shared head's first map reads and writes; needs matrix, which is w2.
// h[l, j] = Σ_k code[l, k]·w2[k, j] + t[l]·b2[j], with state rows [code…, t] of z + 1 elements; w2 [z, C·z] comes in chunks of rows (values
// of k), one dispatch each: chunk 0 starts h with t·b2, later ones add to it.

struct Params {
  z: u32,
  layers: u32,
  columns: u32, // C·z in vectors
  first_row: u32, // first k of this chunk
  rows: u32, // values of k in this chunk
}

const LAYERS = {{LAYERS}}u; // that one invocation sums, at most 12: more are spread over the grid

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> state: array<f32>; // [≥ layers, z + 1]
@group(0) @binding(4) var<storage, read> b2: array<Vector>; // [C·z]
@group(0) @binding(5) var<storage, read_write> h: array<Vector>; // [layers, C·z]

alias Sums = array<Vector, LAYERS>; // constant indices keep them in registers

// Writes the sum of layer \`l\` at a vector of columns; nothing beyond the edge.
fn put(l: u32, column: u32, sum: Vector) {
  if (column >= params.columns || l >= params.layers) { return; }
  let at = l * params.columns + column;
  if (params.first_row == 0) {
    h[at] = sum + state[l * (params.z + 1) + params.z] * b2[column];
  } else {
    h[at] += sum;
  }
}
`,C_=`// Sums that several invocations of a workgroup share, through workgroup memory. Needs \`alias Partial\` and \`const WORKGROUP_SIZE\`.

var<workgroup> parts: array<Partial, WORKGROUP_SIZE>;

// The sum of the parts of all invocations that have the same result, every \`own\`-th. Every invocation of the workgroup must call it.
fn shared_sum(part: Partial, local: u32, own: u32) -> Partial {
  parts[local] = part;
  workgroupBarrier();
  var sum = Partial();
  for (var other = local % own; other < WORKGROUP_SIZE; other += own) { sum += parts[other]; }
  return sum;
}
`,w_=`// Writes columns of what a Winograd transform makes. Needs winograd; \`spectrum\`, [36, …] of vec4<{{ELEMENT}}>.

// Column s of a transformed filter or patch, frequencies 6r + s for every row r; \`first\` is that of r = 0, frequencies lie \`stride\` apart.
fn store_column(first: u32, stride: u32, column: Six) {
  #for R in 6
  spectrum[first + {{R}} * 6 * stride] = vec4<{{ELEMENT}}>(column[{{R}}]);
  #end
}
`,T_=`// What both gradients of styles read: ds, and which row of the latents each output was made of.

struct Params {
  outputs: u32, // S
  features: u32, // D
  rows: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> ds: array<f32>; // [S]
@group(0) @binding(2) var<storage, read> latent_row: array<f32>; // [S]

// The row of the latents that output \`j\` reads; one row serves all.
fn row_of(j: u32) -> u32 { return min(u32(latent_row[j]), params.rows - 1); }
`,E_=`// What both operands of a filter's gradient by Winograd's F(4×4, 3×3) share: pictures in, transformed tiles out, channels fastest.
// x [C, H, W/4] and spectrum [36, T, C′/4] in vec4, C′ = C rounded up to whole blocks. The dispatch covers T tiles from first_tile on,
// row-major; tiles beyond the picture and channels beyond C are zero. Needs in_vectors and its parts.
// One invocation transforms a tile of four channels, the lanes of its vectors.

struct Params {
  channels: u32, // C
  channel_quads: u32, // C′ / 4
  height: u32,
  width_quads: u32, // W / 4, also tiles in a row of tiles
  first_tile: u32,
  tiles: u32, // T
  in_scale: u32, // element offsets of the vectors
  in_shift: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> spectrum: array<vec4<{{ELEMENT}}>>;

alias Mask = vec4<bool>; // a channel each

// An invocation's tile, and how its four channels are read.
struct Place {
  row: u32, // of the tile, in tiles
  column: u32, // of the tile, in tiles: in vec4 of x
  channels: vec4u, // where each channel begins in x
  scale: vec4f,
  shift: vec4f,
  used: Mask, // channels that there are
}

fn place_of(index: u32) -> Place {
  let tile = params.first_tile + index / params.channel_quads;
  let row = tile / params.width_quads;
  let wanted = vec4u(index % params.channel_quads * 4) + vec4u(0, 1, 2, 3);
  let c = min(wanted, vec4u(params.channels - 1));
  return Place(
    row,
    tile - row * params.width_quads,
    c * params.height * params.width_quads,
    vec4f(in_scale(c.x), in_scale(c.y), in_scale(c.z), in_scale(c.w)),
    vec4f(in_shift(c.x), in_shift(c.y), in_shift(c.z), in_shift(c.w)),
    wanted < vec4u(params.channels));
}
`,D_=`// Sums over neighbouring invocations through workgroup memory, halving their number at every turn.
// Needs \`alias Partial\` (f32 or a vector) and \`const WORKGROUP_SIZE\`. Every invocation of the workgroup must call it.

var<workgroup> partial: array<Partial, WORKGROUP_SIZE>;

// Sum of \`value\` over \`lanes\` neighbours, a power of two; right in the first of them.
fn tree_sum(value: Partial, local: u32, lanes: u32) -> Partial {
  partial[local] = value;
  for (var stride = lanes / 2; stride > 0; stride /= 2) {
    workgroupBarrier();
    if (local % lanes < stride) { partial[local] += partial[local + stride]; }
  }
  return partial[local];
}

// Sum of \`value\` over the whole workgroup, for every invocation.
fn tree_sum_for_all(value: Partial, local: u32) -> Partial {
  _ = tree_sum(value, local, WORKGROUP_SIZE);
  workgroupBarrier();
  return partial[0];
}
`,O_=`// What follows a convolution's sums, four pixels at a time: act(sums · out_scale[o] + bias[o] + noise + residual) · gain. Bindings 1 … 5;
// see \`bindVec4Epilogue\` in src/kernels/epilogue.ts. Needs \`y: array<vec4f>\`; of params: element offsets \`out_scale\`, \`bias\` and \`slopes\`,
// which tell whether a vector is there (an override each would multiply the pipelines), \`gain\`, and \`slope\`, the activation below zero
// where there are no slopes: 1 none, 0 ReLU.

override NOISE: bool = false;
override RESIDUAL: bool = false;

const ABSENT = 0xffffffffu;

@group(0) @binding(1) var<storage, read> scales: array<f32>;
@group(0) @binding(2) var<storage, read> biases: array<f32>;
@group(0) @binding(3) var<storage, read> slopes: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<vec4f>;
@group(0) @binding(5) var<storage, read> residual: array<vec4f>;

// What a channel's pixels share.
struct Channel {
  first: u32, // of y, in vec4
  scale: f32,
  bias: f32,
  slope: f32,
}

// Output channel \`o\`. It always loads: lavapipe would specialise a branch at each dispatch.
fn channel_of(o: u32, first: u32) -> Channel {
  let scaled = params.out_scale != ABSENT;
  let biased = params.bias != ABSENT;
  let sloped = params.slopes != ABSENT;
  let scale = select(1.0, scales[select(0, params.out_scale + o, scaled)], scaled);
  let bias = select(0.0, biases[select(0, params.bias + o, biased)], biased);
  let slope = select(params.slope, slopes[select(0, params.slopes + o, sloped)], sloped);
  return Channel(first, scale, bias, slope);
}

// Writes four pixels, vector \`at\` of the channel.
fn finish(sums: vec4f, channel: Channel, at: u32) {
  var values = sums * channel.scale + channel.bias;
  if (NOISE) { values += noise[at]; }
  if (RESIDUAL) { values += residual[channel.first + at]; }
  y[channel.first + at] = select(values * channel.slope, values, values >= vec4f()) * params.gain;
}
`,k_=`// Winograd F(4×4, 3×3) of four filters or tiles, the lanes of vec4s, by its interpolation points 0, ±A, ±B and ∞: among the simple ones
// these round least, see src/kernels/winograd.ts.

const A = 0.70710678;
const B = 1.41421356;

alias Six = array<vec4f, 6>; // numbers in a row or column of a transformed filter or patch
`,A_=`// Half of Winograd's input transform, of four patches, the lanes of vec4s. Needs winograd.

// Bᵀ times six numbers.
fn transform(six: Six) -> Six {
  let near = six[4] - 2 * six[2];
  let near_odd = A * (six[3] - 2 * six[1]);
  let far = six[4] - 0.5 * six[2];
  let far_odd = B * (six[3] - 0.5 * six[1]);
  let first = six[0] - 2.5 * six[2] + six[4];
  let last = six[1] - 2.5 * six[3] + six[5];
  return Six(first, near + near_odd, near - near_odd, far + far_odd, far - far_odd, last);
}
`;const j_=/* #__PURE__ */ Object.assign({"../../shaders/accumulate.wgsl":rh,"../../shaders/activation.wgsl":ih,"../../shaders/activation_backward.wgsl":ah,"../../shaders/adam.wgsl":oh,"../../shaders/adaptive_pool.wgsl":sh,"../../shaders/adaptive_pool_backward.wgsl":ch,"../../shaders/add.wgsl":lh,"../../shaders/affine_pair.wgsl":uh,"../../shaders/batch_norm_backward.wgsl":dh,"../../shaders/batch_norm_fold.wgsl":fh,"../../shaders/batch_norm_fold_backward.wgsl":ph,"../../shaders/batch_norm_running.wgsl":mh,"../../shaders/batched_product.wgsl":hh,"../../shaders/batched_product_matrix.wgsl":gh,"../../shaders/batched_product_narrow.wgsl":_h,"../../shaders/batched_product_quads.wgsl":vh,"../../shaders/batched_product_shared.wgsl":yh,"../../shaders/bench_copy.wgsl":bh,"../../shaders/bench_fma.wgsl":xh,"../../shaders/channel_sums.wgsl":Sh,"../../shaders/clip_numbers.wgsl":Ch,"../../shaders/column_sums.wgsl":wh,"../../shaders/conv2d_columns.wgsl":Th,"../../shaders/conv2d_direct.wgsl":Eh,"../../shaders/conv2d_epilogue.wgsl":Dh,"../../shaders/conv2d_fused.wgsl":Oh,"../../shaders/conv2d_implicit.wgsl":kh,"../../shaders/conv2d_input_gradient.wgsl":Ah,"../../shaders/conv2d_tiled.wgsl":jh,"../../shaders/demodulation.wgsl":Mh,"../../shaders/demodulation_backward.wgsl":Nh,"../../shaders/depthwise.wgsl":Ph,"../../shaders/epilogue_backward.wgsl":Fh,"../../shaders/epilogue_sums.wgsl":Ih,"../../shaders/fill.wgsl":Lh,"../../shaders/fill_noise.wgsl":Rh,"../../shaders/fir.wgsl":zh,"../../shaders/fir_blocks.wgsl":Bh,"../../shaders/gather_rows.wgsl":Vh,"../../shaders/global_pool.wgsl":Hh,"../../shaders/gradient_loss.wgsl":Uh,"../../shaders/gradient_loss_backward.wgsl":Wh,"../../shaders/half.wgsl":Gh,"../../shaders/latents.wgsl":Kh,"../../shaders/layer_head_direct.wgsl":qh,"../../shaders/layer_head_shared.wgsl":Jh,"../../shaders/linear.wgsl":Yh,"../../shaders/lpips_tap.wgsl":Xh,"../../shaders/lpips_tap_backward.wgsl":Zh,"../../shaders/max_pool.wgsl":Qh,"../../shaders/max_pool_backward.wgsl":$h,"../../shaders/mix.wgsl":eg,"../../shaders/muon_apply.wgsl":tg,"../../shaders/muon_momentum.wgsl":ng,"../../shaders/muon_normalise.wgsl":rg,"../../shaders/muon_polynomial.wgsl":ig,"../../shaders/nearest_resize.wgsl":ag,"../../shaders/nearest_resize_backward.wgsl":og,"../../shaders/noise_loss_backward.wgsl":sg,"../../shaders/pack_rgba.wgsl":cg,"../../shaders/pixel_norm.wgsl":lg,"../../shaders/pixel_norm_backward.wgsl":ug,"../../shaders/ranger.wgsl":dg,"../../shaders/resize_image.wgsl":fg,"../../shaders/roll_sums.wgsl":pg,"../../shaders/running_average.wgsl":mg,"../../shaders/scale_backward.wgsl":hg,"../../shaders/scale_channels.wgsl":gg,"../../shaders/se_gate.wgsl":_g,"../../shaders/se_gate_backward.wgsl":vg,"../../shaders/se_scale.wgsl":yg,"../../shaders/separable_head_outer.wgsl":bg,"../../shaders/shared_head_expand_quads.wgsl":xg,"../../shaders/shared_head_expand_registers.wgsl":Sg,"../../shaders/shared_head_expand_shared.wgsl":Cg,"../../shaders/shared_head_operands.wgsl":wg,"../../shaders/shared_head_product_direct.wgsl":Tg,"../../shaders/spread.wgsl":Eg,"../../shaders/square_sums.wgsl":Dg,"../../shaders/squared_error.wgsl":Og,"../../shaders/squared_loss_backward.wgsl":kg,"../../shaders/standardise.wgsl":Ag,"../../shaders/strided_product.wgsl":jg,"../../shaders/style_norm.wgsl":Mg,"../../shaders/styles.wgsl":Ng,"../../shaders/styles_backward_latents.wgsl":Pg,"../../shaders/styles_backward_weight.wgsl":Fg,"../../shaders/sum_parts.wgsl":Ig,"../../shaders/to_rgb.wgsl":Lg,"../../shaders/to_rgb_backward.wgsl":Rg,"../../shaders/to_rgb_sums.wgsl":zg,"../../shaders/to_texture.wgsl":Bg,"../../shaders/truncate.wgsl":Vg,"../../shaders/turn_filter.wgsl":Hg,"../../shaders/turn_filter_quads.wgsl":Ug,"../../shaders/turn_weights.wgsl":Wg,"../../shaders/upconv_direct.wgsl":Gg,"../../shaders/upconv_fused.wgsl":Kg,"../../shaders/upconv_output.wgsl":qg,"../../shaders/warp_image.wgsl":Jg,"../../shaders/weight_update.wgsl":Yg,"../../shaders/weight_update_backward.wgsl":Xg,"../../shaders/winograd_filter.wgsl":Zg,"../../shaders/winograd_filter_gradient.wgsl":Qg,"../../shaders/winograd_gradient_rows.wgsl":$g,"../../shaders/winograd_input.wgsl":e_,"../../shaders/winograd_output.wgsl":t_,"../../shaders/winograd_rows.wgsl":n_}),M_=/* #__PURE__ */ Object.assign({"../../shaders/parts/activation.wgsl":r_,"../../shaders/parts/batched_product.wgsl":i_,"../../shaders/parts/conv2d.wgsl":a_,"../../shaders/parts/epilogue.wgsl":o_,"../../shaders/parts/fir.wgsl":s_,"../../shaders/parts/fused.wgsl":c_,"../../shaders/parts/in_scale.wgsl":l_,"../../shaders/parts/in_shift.wgsl":u_,"../../shaders/parts/in_vectors.wgsl":d_,"../../shaders/parts/input_gradient.wgsl":f_,"../../shaders/parts/layer_head.wgsl":p_,"../../shaders/parts/lpips_tap.wgsl":m_,"../../shaders/parts/matrix.wgsl":h_,"../../shaders/parts/max_pool.wgsl":g_,"../../shaders/parts/nearest_resize.wgsl":__,"../../shaders/parts/operands.wgsl":v_,"../../shaders/parts/outer.wgsl":y_,"../../shaders/parts/product_rows.wgsl":b_,"../../shaders/parts/row_sums.wgsl":x_,"../../shaders/parts/shared_head_expand.wgsl":S_,"../../shaders/parts/shared_sum.wgsl":C_,"../../shaders/parts/spectrum.wgsl":w_,"../../shaders/parts/styles_backward.wgsl":T_,"../../shaders/parts/tile_rows.wgsl":E_,"../../shaders/parts/tree_sum.wgsl":D_,"../../shaders/parts/vec4_epilogue.wgsl":O_,"../../shaders/parts/winograd.wgsl":k_,"../../shaders/parts/winograd_patch.wgsl":A_}),N_=e=>Object.keys(e).map(e=>e.replace(/^.*\//,``).replace(/\.wgsl$/,``)),P_=()=>N_(j_),F_=()=>N_(M_);function I_(e){return R_(j_,`shaders/${e}.wgsl`)}function L_(e){return R_(M_,`shaders/parts/${e}.wgsl`)}function R_(e,t){let r=Object.hasOwn(e,`../../${t}`)?e[`../../${t}`]:void 0;return n(r!==void 0,`shader`,()=>`there is no ${t}`),r}const z_=(e,t)=>t.trimEnd().split(`
`).map((t,n)=>({text:t,file:e,number:n+1}));function B_({shader:e,parts:t=[],substitutions:r={}}){let i=[...z_(`shaders/${e}.wgsl`,I_(e)),...t.flatMap(e=>z_(`shaders/parts/${e}.wgsl`,L_(e)))],a=/* @__PURE__ */ new Set,o=V_(e,i,r,a).map(e=>({...e,text:H_(e,r,a)}));for(let t of Object.keys(r))n(a.has(t),`shader`,()=>`shader "${e}": no file of it has a {{${t}}} to fill in`);return{text:o.map(({text:e})=>e).join(`
`),where:t=>{let n=o[t-1];return n?`${n.file} line ${n.number}`:`shaders/${e}.wgsl line ${t}`}}}function V_(e,t,r,i){let a=[];for(let o=0;o<t.length;o++){let s=t[o],c=s&&/^\s*#for (\w+) in (\w+)$/.exec(s.text);if(!c){s&&a.push(s);continue}let[,l=``,u=``]=c,d=t.slice(o+1).findIndex(({text:e})=>e.trim()===`#end`);n(d>=0,`shader`,()=>`shader "${e}": #for ${l} has no #end`);let f=t.slice(o+1,o+1+d),p=Number(r[u]??u);u in r&&i.add(u),n(Number.isInteger(p),`shader`,()=>`shader "${e}": #for ${l} in ${u} has no number`);for(let e=0;e<p;e++)a.push(...f.map(t=>({...t,text:t.text.replaceAll(`{{${l}}}`,String(e))})));o+=d+1}return a}function H_({text:e,file:t},r,i){return e.replaceAll(/\{\{(\w+)\}\}/g,(e,a)=>{let o=Object.hasOwn(r,a)?r[a]:void 0;return n(o!==void 0,`shader`,()=>`${t}: {{${a}}} has no value; pass it as a substitution`),i.add(a),String(o)})}const U_=`rgba8unorm`,W_={buffer:{type:`uniform`}},G_=({access:e})=>({buffer:{type:e===`read`?`read-only-storage`:`storage`}}),K_=({access:e})=>e===`load`?{texture:{sampleType:`float`}}:{storageTexture:{access:`write-only`,format:U_}},q_=({bindings:e,textures:t=[]})=>[[W_,...e.map(G_)],t.map(K_)];async function J_(e,t,n,r){try{return await e.createComputePipelineAsync(r)}catch(e){let a=(await r.compute.module.getCompilationInfo()).messages.filter(({type:e})=>e===`error`).map(({lineNum:e,message:t})=>`${n.where(e)}: ${t}`),o=a.length>0?a.join(`; `):e instanceof Error?e.message:String(e);throw new i(`shader`,`${t} does not compile: ${o}`,{cause:e})}}const Y_=/* @__PURE__ */ new WeakMap;var X_=class e{#e;#t=/* @__PURE__ */ new Map;#n=/* @__PURE__ */ new WeakMap;#r=/* @__PURE__ */ new Map;#i=/* @__PURE__ */ new Map;constructor(e){this.#e=e}static of(t){let n=Y_.get(t)??new e(t);return Y_.set(t,n),n}get size(){return this.#t.size}get(e){let t=this.#n.get(e)??this.#a(e);return this.#n.set(e,t),t}#a(e){let t=B_(e),n=q_(e),r=Object.entries(e.overrides??{}).sort(([e],[t])=>e.localeCompare(t)),i=JSON.stringify([t.text,r,n]),a=this.#t.get(i);return a||(a=this.#c(e,t,n),this.#t.set(i,a)),a}#o(e){let t=JSON.stringify(e),n=this.#r.get(t);if(!n){let r=GPUShaderStage.COMPUTE,i=e.map((e,t)=>({binding:t,visibility:r,...e}));n=this.#e.createBindGroupLayout({label:t,entries:i}),this.#r.set(t,n)}return n}#s(e,t){let n=this.#i.get(t);return n||(n=this.#e.createShaderModule({label:e,code:t}),this.#i.set(t,n)),n}async#c(e,t,[n,r]){let i=this.#o(n),a=r.length>0?this.#o(r):void 0,o=a?[i,a]:[i],s=this.#s(e.shader,t.text);return{pipeline:await J_(this.#e,`shaders/${e.shader}.wgsl ("${e.label}")`,t,{label:`${e.shader} ${JSON.stringify(e.overrides??{})}`,layout:this.#e.createPipelineLayout({label:e.shader,bindGroupLayouts:o}),compute:{module:s,entryPoint:`main`,constants:{...e.overrides}}}),layout:i,textureLayout:a}}};const Z_=2**20,Q_=e=>`${(e/Z_).toFixed(1)} MiB`;var $_=class{device;#e=/* @__PURE__ */ new Map;#t=/* @__PURE__ */ new Map;#n=0;#r=0;#i=!1;constructor(e){this.device=e}get bytes(){return this.#n}get peakBytes(){return this.#r}get count(){return this.#e.size}async create(e){let{device:t}=this,r=Math.min(t.limits.maxBufferSize,t.limits.maxStorageBufferBindingSize);for(let{label:t,bytes:i}of e)n(i<=r,`memory`,()=>`"${t}" needs ${Q_(i)} in one buffer, this device allows ${Q_(r)}; use a smaller model`);let i=GPUBufferUsage.STORAGE|GPUBufferUsage.COPY_DST|GPUBufferUsage.COPY_SRC,a=e.reduce((e,{bytes:t})=>e+Je(t),0);return this.#a(a,`load an f16 or int8 model`,()=>e.map(({label:e,bytes:n,usage:r=i})=>{let a=Je(n);return[t.createBuffer({label:e,size:a,usage:r}),a]}))}async createTexture(e,t,r){let i=GPUTextureUsage.TEXTURE_BINDING|GPUTextureUsage.COPY_DST|GPUTextureUsage.RENDER_ATTACHMENT,a=4*t*r,[o]=await this.#a(a,`scale the picture of ${t}×${r} down`,()=>[[this.device.createTexture({label:e,size:[t,r],format:U_,usage:i}),a]]);return n(o,`memory`,()=>`no texture of ${t}×${r} for "${e}"`),o}async#a(e,t,r){let{device:a}=this;a.pushErrorScope(`out-of-memory`);let o=r(),s=await a.popErrorScope();if(s||this.#i)for(let[e]of o)e.destroy();if(s){let n=`the GPU has no room for ${Q_(e)} more (${Q_(this.bytes)} in use): close other pages or ${t}`;throw new i(`memory`,n,{cause:s})}n(!this.#i,`device`,`this model was disposed of: load it again`);for(let[e,t]of o)this.#e.set(e,t),this.#n+=t;return this.#r=Math.max(this.#r,this.#n),o.map(([e])=>e)}async allocate(e){let t=[...new Set(e.map(b))].filter(e=>!this.#t.has(e)),n=await this.create(t.map(e=>({label:e.name,bytes:C(e)})));t.forEach((e,t)=>{let r=n[t];r&&this.#t.set(e,r)})}has(e){return this.#t.has(b(e))}of(e){let t=this.#t.get(b(e));return n(t,`memory`,()=>`tensor "${e.name}" has no GPU buffer: allocate it before compiling its graph`),t}write(e,t,r=0){let i=new Uint8Array(t.buffer,t.byteOffset,t.byteLength),a=i.byteLength&-4,o=this.of(e);if(n(r%4==0,`tensor`,()=>`"${e.name}": values come at byte ${r}, not at a whole word; convert the checkpoint again`),n(r+i.byteLength<=o.size,`tensor`,()=>`"${e.name}": ${i.byteLength} bytes at ${r} do not fit its ${o.size}`),this.device.queue.writeBuffer(o,r,i.buffer,i.byteOffset,a),a<i.byteLength){let e=/* @__PURE__ */ new Uint8Array(4);e.set(i.subarray(a)),this.device.queue.writeBuffer(o,r+a,e)}}release(e){for(let t of e){let e=this.#e.get(t);e!==void 0&&(this.#e.delete(t),this.#n-=e,t.destroy())}}free(e){for(let t of e){let e=this.#t.get(t);e&&this.release([e]),this.#t.delete(t)}}destroy(){this.#i=!0,this.release([...this.#e.keys()]),this.#t.clear()}},ev=class{#e;#t=Promise.resolve();#n;constructor(e){this.#e=e}exclusive(t,n={}){let{signal:r}=n,a,o=this.#t.then(()=>{if(a)throw a;return this.#e.ensureAlive(),e(r),this.#e.checked(t,n.discard)});this.#t=o.catch(()=>void 0);let s=this.#n;if(!s)return this.#e.wait(o,n);let c=new Promise((e,t)=>{let n=setTimeout(()=>{a=new i(`option`,`this call was made inside onStep, which is waited for: it would wait for the inversion, and the inversion for it; make it when invert has ended`),t(a)},1e3);s.timers.add(n)});return this.#e.wait(Promise.race([o,c]),n)}async outside(e,t){let n={timers:/* @__PURE__ */ new Set};this.#n=n;try{await this.#e.wait(Promise.resolve(e()),{signal:t})}finally{this.#n=void 0;for(let e of n.timers)clearTimeout(e)}}};const tv={software:1e9,gpu:2e10},nv=.02;function rv({flops:e,bindings:t}){return e+10*t.reduce((e,{tensor:t})=>e+C(t),0)}var iv=class{#e;#t;#n=0;constructor(e,t){this.#e=e,this.#t=tv[t?`software`:`gpu`]}get workPerSubmit(){return .1*this.#t}submitted(e){if(e<.25*this.workPerSubmit)return;let t=performance.now();this.#e.onSubmittedWorkDone().then(()=>this.#r(e,t),()=>void 0)}#r(e,t){let n=performance.now(),r=(n-Math.max(t,this.#n))/1e3;this.#n=n;let i=e/Math.max(r,nv);(r>=nv||i>this.#t)&&(this.#t=i)}},av=class{name;dispatches;#e;#t=/* @__PURE__ */ new Map;constructor(e,t){this.name=e,this.dispatches=t,this.#e=t.map(({record:e})=>rv(e))}get flops(){return this.dispatches.reduce((e,{record:t})=>e+t.flops,0)}bindTextures(e,t){for(let r of this.dispatches){let{record:i,textureLayout:a}=r;if(!a)continue;let o=(i.textures??[]).map(({name:e})=>{let r=t[e];return n(r,`shader`,()=>`${this.name}: "${i.label}" needs a texture "${e}"`),r}),s=this.#t.get(r);if(s&&o.every((e,t)=>e===s.textures[t]))continue;let c=o.map((e,t)=>({binding:t,resource:e.createView()})),l=e.createBindGroup({label:i.label,layout:a,entries:c});this.#t.set(r,{textures:o,group:l})}}encode(e,t=0,n=this.dispatches.length,r){let i=e.beginComputePass({label:this.name,...r&&{timestampWrites:r}});for(let e=t;e<n;e++){let t=this.dispatches[e];if(!t)break;i.setPipeline(t.pipeline),i.setBindGroup(0,t.bindGroup),t.textureLayout&&i.setBindGroup(1,this.#n(t)),i.dispatchWorkgroups(...t.record.grid)}i.end()}submit(e,t=1/0,n=0,r=this.dispatches.length){let i=n,[a,o]=[0,0];for(let s=n;s<r;s++){if(a+=this.#e[s]??0,a<t&&s<r-1)continue;let n=e.createCommandEncoder({label:`${this.name} ${i}..${s}`});this.encode(n,i,s+1),e.queue.submit([n.finish()]),i=s+1,o+=a,a=0}return o}#n(e){let t=this.#t.get(e);return n(t,`shader`,()=>`${this.name}: bind the textures of "${e.record.label}" before it runs`),t.group}},ov=class{#e;#t=[];#n=Promise.resolve();constructor(e){this.#e=e}get bytes(){return this.#t.reduce((e,{bytes:t})=>e+t,0)}get count(){return this.#t.length}take(e){let t=this.#n.then(()=>this.#r(e));return this.#n=t.catch(()=>void 0),t}async#r(e){let t=[...this.#t],n=tt(e,t.map(({bytes:e})=>e)),r=new Set(n.slotOf.values()),i=t.map((e,t)=>r.has(t)?e:void 0);for(let e of i)e&&e.users++;let a=n.slots.slice(t.length);try{let e=(await this.#e.create(a.map((e,n)=>({label:`slot ${t.length+n}`,bytes:e})))).map(e=>({buffer:e,bytes:e.size,users:1}));this.#t.push(...e);let r=[...i,...e];return{plan:n,buffers:r.map(e=>e?.buffer),release:()=>this.#i(r.splice(0))}}catch(e){throw this.#i(i),e}}#i(e){for(let t of e)t&&t.users--;this.#e.release(this.#t.filter(({users:e})=>e===0).map(({buffer:e})=>e)),this.#t=this.#t.filter(({users:e})=>e>0)}};async function sv(e,t,n,r=new ov(e)){let a=Promise.all(n.map(({nodes:e})=>Promise.all(e.map(e=>t.get(e)))));a.catch(()=>void 0);let o=await r.take(n),s=[],c=()=>{e.release(s.splice(0)),o.release()};try{let t=n.map(({nodes:t})=>et(t,cv(e.device))),r=GPUBufferUsage.UNIFORM|GPUBufferUsage.COPY_DST;s.push(...await e.create(t.map(({data:e},t)=>({label:`${n[t]?.name} uniforms`,bytes:e.byteLength,usage:r})))),t.forEach(({data:t},n)=>{let r=s[n];r&&e.device.queue.writeBuffer(r,0,t)});let l=t=>{let n=o.plan.slotOf.get(b(t));return(n===void 0?void 0:o.buffers[n])??e.of(t)},u=await a;return{executables:n.map((n,r)=>{let[a,o,c]=[s[r],t[r],u[r]];if(!a||!o||!c)throw new i(`shader`,`${n.name}: lost while compiling`);return lv(e.device,n,{uniform:a,...o,kernels:c,bufferOf:l})}),uniformBytes:s.reduce((e,{size:t})=>e+t,0),unsharedBytes:o.plan.unsharedBytes,dispose:c}}catch(e){throw c(),e}}const cv=({limits:e})=>e.minUniformBufferOffsetAlignment;function lv(e,{name:t,nodes:n},r){let{kernels:a,uniform:o,offsets:s,sizes:c,bufferOf:l}=r;return new av(t,n.map((t,n)=>{let r=a[n];if(!r)throw new i(`shader`,`${t.label}: lost while compiling`);let u=t.bindings.map(({tensor:e},t)=>({binding:t+1,resource:{buffer:l(e),size:Math.max(16,C(e))}})),d=[{binding:0,resource:{buffer:o,offset:s[n]??0,size:c[n]??16}},...u],f=e.createBindGroup({label:t.label,layout:r.layout,entries:d});return{record:t,pipeline:r.pipeline,bindGroup:f,textureLayout:r.textureLayout}}))}const uv=/* @__PURE__ */ new Set([`device`,`memory`,`shader`]);var dv=class{#e;#t=/* @__PURE__ */ new Set;#n;#r;#i;constructor(e){this.#e=e;let t=new WeakRef(this);e.lost.then(({reason:e,message:n})=>{let r=`the GPU was lost (${e}${n?`: ${n}`:``}): load the model again`;t.deref()?.end(new i(`device`,r))});let n=({error:r})=>{let i=t.deref();i?i.#i??=r:e.removeEventListener(`uncapturederror`,n)};this.#n=n,e.addEventListener(`uncapturederror`,n)}end(e){if(!this.#r){this.#r=e,this.#e.removeEventListener(`uncapturederror`,this.#n);for(let t of this.#t)t(e);this.#t.clear()}}ensureAlive(){if(this.#r)throw new i(this.#r.code,this.#r.message,{cause:this.#r})}async wait(e,{signal:t,discard:n}={}){e.catch(()=>void 0);try{return this.ensureAlive(),await va(e,{signal:t,discard:n,ends:this.#t})}catch(e){throw await this.#a(e)&&this.ensureAlive(),e}}async during(e,t={}){let n=new AbortController;try{return this.ensureAlive(),await this.wait(e(n.signal),t)}catch(e){throw n.abort(),e}}async#a(e){return e instanceof i&&!uv.has(e.code)?!1:(this.#r||await va(new Promise(e=>setTimeout(e,100)),{ends:this.#t}).catch(()=>void 0),this.#r!==void 0)}async checked(e,t){this.#i=void 0;let n=await e(),r=await this.#o();if(!r)return n;t?.(n);let[a=``]=r.message.split(`
`);throw new i(r.constructor.name===`GPUOutOfMemoryError`?`memory`:`device`,`the GPU refused a command (${a}): update the browser and the graphics driver, or load the model again`,{cause:r})}async#o(){return this.#e.pushErrorScope(`internal`),await this.#e.popErrorScope(),this.#i}},fv=class{network;#e;#t;#n=!1;constructor(e,t,n){this.#e=e,this.network=t,this.#t=n}run(...e){this.#r();for(let t of e){let e=this.network.transfers?.get(t);e?this.#i(t,e):this.runFrom(t,0)}}runFrom(e,t,n){this.#r();let{device:r,pace:i}=this.#e;i.submitted(this.executable(e).submit(r,i.workPerSubmit,t,n))}executable(e){let t=this.#t.executables.get(e);return n(t,`option`,()=>`"${this.network.name}" has no graph "${e}", it has ${[...this.network.graphs.keys()].join(`, `)}`),t}read(e){return this.#e.read(e)}write(e,t,n=0){this.#e.buffers.write(e,t,n)}dispose(){this.#n||(this.#n=!0,this.#t.release())}#r(){this.#e.ensureAlive(),n(!this.#n,`device`,()=>`"${this.network.name}" was disposed of: mount it again`)}#i(e,t){let{device:n,buffers:r}=this.#e,i=n.createCommandEncoder({label:e});for(let{from:e,to:n,byteOffset:a=0}of t)e?i.copyBufferToBuffer(r.of(e),0,r.of(n),a,C(e)):i.clearBuffer(r.of(n),0,C(n));n.queue.submit([i.finish()])}},pv=class{#e;#t;#n;#r=Promise.resolve();constructor(e,t){this.#e=e,this.#t=t}bytes(e,t,n){let r=this.#r.then(()=>(n?.(),this.#i(e,t)));return this.#r=r.catch(()=>void 0),this.#t.wait(r)}async#i(e,t){let{device:n}=this.#e,r=await this.#a(t),a=n.createCommandEncoder({label:`read ${e.label}`});a.copyBufferToBuffer(e,0,r,0,t),n.queue.submit([a.finish()]);try{await r.mapAsync(GPUMapMode.READ,0,t)}catch(t){throw new i(`device`,`"${e.label}" cannot be read back, the GPU was lost or the model disposed of: load it again`,{cause:t})}try{return r.getMappedRange(0,t).slice(0)}finally{r.unmap()}}async#a(e){if(this.#n&&this.#n.size>=e)return this.#n;this.#n&&this.#e.release([this.#n]);let t=GPUBufferUsage.MAP_READ|GPUBufferUsage.COPY_DST,[n]=await this.#e.create([{label:`readback`,bytes:e,usage:t}]);if(!n)throw new i(`memory`,`no staging buffer of ${e} bytes`);return this.#n=n,n}};function mv(e,t){let{queue:n}=e.device;return{allocate:t=>e.allocate(t),write:(t,n,r)=>e.write(t,n,r),settle:()=>n.onSubmittedWorkDone(),async run(r){let i=new E(`prepare`);for(let e of r)i.add(e);let a=await sv(e,t,[i]);try{for(let t of a.executables)t.submit(e.device);await n.onSubmittedWorkDone()}finally{a.dispose()}},free:t=>e.free(t)}}var hv=class{opened;buffers;pipelines;readback;slots;life;pace;#e=/* @__PURE__ */ new Set;#t;constructor(e){this.opened=e,this.life=new dv(e.device),this.#t=new ev(this.life),this.buffers=new $_(e.device),this.pipelines=X_.of(e.device),this.readback=new pv(this.buffers,this.life),this.slots=new ov(this.buffers),this.pace=new iv(e.device.queue,e.facts.software)}get device(){return this.opened.device}async mount(e,t,n={}){return this.life.during(r=>this.#n(e,t,{...n,signal:r}),{signal:n.signal,discard:e=>e.dispose()})}async#n(t,n,r){let i=ha(t).filter(e=>!this.buffers.has(e)),a,o;try{await this.buffers.allocate(i),a=this.compile([...t.graphs.values()]),a.catch(()=>void 0),n&&await this.#i(t,n,r),o=await a,e(r.signal)}catch(e){throw o=await a?.catch(()=>void 0),o?.dispose(),this.buffers.free([...i,...ga(t)]),e}return this.#r(t,i,o)}#r(e,t,n){let r={weights:t.reduce((e,t)=>e+Je(C(t)),0),uniforms:n.uniformBytes,unshared:n.unsharedBytes};this.#e.add(r);let i=()=>{this.#e.delete(r),n.dispose(),this.buffers.free(t)},a=[...e.graphs.keys()].flatMap((e,t)=>{let r=n.executables[t];return r?[[e,r]]:[]});return new fv(this,e,{executables:new Map(a),release:i})}async#i(e,t,n){let r=mv(this.buffers,this.pipelines),i=new th(e.plan.prepare,ga(e),r);await e.plan.load(t,i,n),await i.finish()}async compile(e){return await this.buffers.allocate(e.flatMap(e=>e.persistentTensors())),sv(this.buffers,this.pipelines,e,this.slots)}exclusive(e,t={}){return this.#t.exclusive(e,t)}outside(e,t){return this.#t.outside(e,t)}ensureAlive(){this.life.ensureAlive()}async read(e){return this.ensureAlive(),new Float32Array(await this.readback.bytes(this.buffers.of(e),C(e)))}copy(e,t,n,r={}){let i=this.device.createCommandEncoder({label:`copy`});i.copyBufferToBuffer(e,r.from??0,t,r.to??0,n),this.device.queue.submit([i.finish()])}memory(){let e=e=>[...this.#e].reduce((t,n)=>t+n[e],0);return{weights:e(`weights`),activations:this.slots.bytes+e(`uniforms`),activationsUnshared:e(`unshared`),total:this.buffers.bytes,peak:this.buffers.peakBytes}}release(){this.life.end(new i(`device`,`this model was disposed of: load it again`)),this.buffers.destroy()}dispose(){this.release(),this.opened.owned&&this.opened.device.destroy()}};function gv({family:e,shape:t}){let n=`${t.inChannels}→${t.outChannels} ${t.spatial.join(`×`)}`;return e===`upConv`?`upConv ${n}`:`conv2d ${n} /${t.groups} k${t.kernel} s${t.stride}${t.retuned?` retuned`:``}`}function _v({family:e,shape:t}){let n=2*t.inChannels*t.outChannels*t.spatial[0]*t.spatial[1];return e===`conv2d`?n*t.kernel**2/t.groups:9*n}var vv=class{#e=/* @__PURE__ */ new Map;conv2d(e){this.#t({family:`conv2d`,shape:e})}upConv(e){this.#t({family:`upConv`,shape:e})}tasks(){let e=({task:e,uses:t})=>_v(e)*t;return[...this.#e.values()].sort((t,n)=>e(n)-e(t)).map(({task:e})=>e)}#t(e){let t=gv(e);this.#e.set(t,{task:e,uses:(this.#e.get(t)?.uses??0)+1})}};const yv=(e,t)=>e.variant===t.variant&&e.product===t.product;function bv(e,t){let n={choice:t,seconds:(e.find(({choice:e})=>yv(e,t))?.seconds??1/0)/1.05};for(let t of e)t.seconds<n.seconds&&(n=t);return n.choice}var xv=class{choices;constructor(e){this.choices=e}conv2d(e){return this.choices.get(gv({family:`conv2d`,shape:e}))}upConv(e){return this.choices.get(gv({family:`upConv`,shape:e}))}toText(){return JSON.stringify([...this.choices])}};function Sv(e){try{let t=JSON.parse(e);return Array.isArray(t)&&t.every(wv)?new xv(new Map(t)):void 0}catch{return}}const Cv=/* @__PURE__ */ new Map([[`conv2d`,_t],[`upConv`,mt(`upConv`)]]);function wv(e){if(!Array.isArray(e)||typeof e[0]!=`string`)return!1;let t=e[1];if(typeof t!=`object`||!t||!(`variant`in t&&`product`in t))return!1;let[n=``]=e[0].split(` `),r=mt(`product`);return Cv.get(n)?.includes(t.variant)===!0&&r.includes(t.product)}function Tv(e){let t=2166136261;for(let n=0;n<e.length;n++)t=Math.imul(t^e.charCodeAt(n),16777619);return(t>>>0).toString(16).padStart(8,`0`)}const Ev=e=>!e.startsWith(`bench_`);function Dv(e,t,n){let r=P_().filter(Ev).sort(),i=F_().sort(),a=[...r.map(I_),...i.map(L_)],o=[...r,...i,...a].join(`
`);return`choices-${Tv([e,[...t.features].sort().join(),t.precision??`f32`,n].join(`
`))}-${Tv(o)}`}async function Ov(e,t){try{let n=await e.get(t);return n?Sv(new TextDecoder().decode(n)):void 0}catch{return}}async function kv(e,t,n){try{await e.put(t,new TextEncoder().encode(n.toText()))}catch{}}var Av=class{#e=performance.now();#t=Promise.resolve();async between(){performance.now()-this.#e<8||(await new Promise(e=>setTimeout(e,0)),this.#e=performance.now())}piece(e){let t=this.#t.then(async()=>(await this.between(),e()));return this.#t=t.catch(()=>void 0),t}},jv=class{#e;constructor(e){this.#e=performance.now()+1e3*e}get over(){return performance.now()>=this.#e}async within(e){let t,n=new Promise(e=>{t=setTimeout(()=>e(void 0),Math.max(0,this.#e-performance.now()))});try{return await Promise.race([e,n])}finally{clearTimeout(t)}}};const Mv=.04,Nv=(e,t)=>t===0n?e:Nv(t,e%t);function Pv(e){let[t=0n]=e,n=e.map(e=>e>t?e-t:t-e);return Number(n.reduce(Nv,0n))}function Fv(e,t=Mv){return Math.min(1e3,Math.max(1,Math.ceil(t/Math.max(e,1e-7))))}function Iv(e){return[...e].sort((e,t)=>e-t)[e.length>>1]??0}var Lv=class e{#e;#t;#n;#r;#i;#a={mode:`batched wall clock`,granularity:0,emptySubmit:0};constructor(e,t){if(this.#e=e,this.#t=t,!e.features.has(`timestamp-query`))return;let{QUERY_RESOLVE:n,COPY_SRC:r,COPY_DST:i,MAP_READ:a}=GPUBufferUsage;this.#n=e.createQuerySet({label:`timestamps`,type:`timestamp`,count:2}),this.#r=e.createBuffer({label:`timestamps resolved`,size:16,usage:n|r}),this.#i=e.createBuffer({label:`timestamps readable`,size:16,usage:i|a})}static async open(t,n,{probes:r=24,batchSeconds:i=Mv}={}){let a=new e(t,i);try{return await a.#o(n,r),a}catch(e){throw a.destroy(),e}}async#o(e,t){let n=[];for(let r=0;r<t;r++)n.push(...await this.#l(e,1));let r=Pv(n),i=[];for(let e=0;e<t;e++)i.push(await this.#c(()=>void 0,1));let a=r>0&&r<=1e3?`timestamp queries`:`batched wall clock`;this.#a={mode:a,granularity:r,emptySubmit:Iv(i)}}get facts(){return this.#a}async seconds(e,t=0){if(this.#a.mode!==`timestamp queries`||t===0)return this.#s(e,t);let n=Fv(t,this.#t/4),[r=0n,i=0n]=await this.#l(e,n);return Number(i-r)/1e9/n}async work(e,t=0){let n=t===0?1:Fv(t,this.#t),r=performance.now();for(let t=0;t<n;t++)e();return await this.#e.queue.onSubmittedWorkDone(),(performance.now()-r)/1e3/n}destroy(){this.#n?.destroy(),this.#r?.destroy(),this.#i?.destroy()}async#s(e,t){let n=t===0?1:Fv(t,this.#t);return await this.#c(e,n)/n}async#c(e,t){let n=this.#e.createCommandEncoder({label:`timed`}),r=performance.now();for(let r=0;r<t;r++)e(n);return this.#e.queue.submit([n.finish()]),await this.#e.queue.onSubmittedWorkDone(),(performance.now()-r)/1e3}async#l(e,t){let[n,r,i]=[this.#n,this.#r,this.#i];if(!n||!r||!i)return[];let a=this.#e.createCommandEncoder({label:`timed`});for(let r=0;r<t;r++){let i=r===0&&{beginningOfPassWriteIndex:0},o=r===t-1&&{endOfPassWriteIndex:1};e(a,i||o?{querySet:n,...i,...o}:void 0)}a.resolveQuerySet(n,0,2,r,0),a.copyBufferToBuffer(r,0,i,0,16),this.#e.queue.submit([a.finish()]),await i.mapAsync(GPUMapMode.READ);try{return[...new BigUint64Array(i.getMappedRange().slice(0))]}finally{i.unmap()}}};const Rv={software:2e7,gpu:1e10},zv=({family:e},{variant:t,product:n})=>`${e} ${t} ${n}`,Bv=(e,t)=>e.beginComputePass({label:`nothing`,...t&&{timestampWrites:t}}).end();async function Vv(e){let t=new jv(e.budget??1.5),n=/* @__PURE__ */ new Map,r=await Lv.open(e.device,Bv,{probes:3,batchSeconds:.008}),i={...e,deadline:t,timer:r,useless:/* @__PURE__ */ new Set};try{for(let r of e.tasks){let e=await Hv(r,i);if(e&&n.set(gv(r),e),t.over)break}}finally{r.destroy()}return new xv(n)}async function Hv(e,t){let{facts:n}=t,r=e.family===`conv2d`,i=r?Ft(e.shape,n):It(e.shape,n),a=Lt(r?`conv2d`:`upConv`,e.shape,n).filter(n=>Uv(e,n,i,t));if(a.length===0)return;let o=Gv(e,Rv[n.software?`software`:`gpu`]),s=_v(o)/_v(e),c=[];for(let n of[i,...a]){let r=Math.min(...c.map(({seconds:e})=>e)),i=await qv(o,n,t,r,s).catch(Wv);if(i===void 0)break;c.push({choice:n,seconds:i}),i>6*r&&t.useless.add(zv(e,n))}return c.length>1?bv(c,i):void 0}function Uv(e,t,n,{facts:r,useless:i}){if(r.software&&bt(n.variant)&&!bt(t.variant))return!1;let a=zv(e,t);return a!==zv(e,n)&&!i.has(a)}function Wv(e){if(e instanceof i&&e.code===`shader`)return 1/0;throw e}function Gv(e,t){let[n,r]=e.shape.spatial;for(;n>8&&_v(Kv(e,n,r))>t;)n=Math.ceil(n/2);return Kv(e,n,r)}function Kv(e,t,n){let r=[t,n];return e.family===`conv2d`?{family:`conv2d`,shape:{...e.shape,spatial:r}}:{family:`upConv`,shape:{...e.shape,spatial:r}}}async function qv(e,t,n,r,i){let{device:a,pipelines:o,deadline:s}=n,[c,l]=Yv(e,t,n.facts);for(let e of[...c.nodes,...l.nodes])if(s.over||!await s.within(o.get(e)))return;let u=new $_(a);try{await u.allocate([...c.persistentTensors(),...l.persistentTensors()]);let{executables:t}=await sv(u,o,[c,l]);if(s.over)return;let[d,f]=t;d?.submit(a);let p=await Jv((e,t)=>f?.encode(e,0,l.nodes.length,t),n,r);if(!(e.family===`conv2d`&&e.shape.retuned&&c.nodes.length>0)||p===void 0)return p;let m=await Jv((e,t)=>d?.encode(e,0,c.nodes.length,t),n,r);return m===void 0?void 0:p+i*m}finally{u.destroy()}}async function Jv(e,{timer:t,deadline:n},r){let i=await t.seconds(e);for(let a=0;a<2;a++){if(n.over)return;if(i=Math.min(i,await t.seconds(e,i)),i>3*r+t.facts.emptySubmit)break}return i}function Yv(e,t,n){let[r,i]=[new E(`tuning weights`),new E(`tuning`)],a={conv2d:()=>t,upConv:()=>t},o={...n,forced:void 0,forcedUp:void 0,tuned:a},{inChannels:s,outChannels:c,spatial:l}=e.shape,[u,d]=l,f=gv(e),p={tensor:w(`scale`,[c]),offset:0},m={tensor:w(`bias`,[c]),offset:0};if(e.family===`conv2d`){let{groups:t,kernel:n}=e.shape,a=e.shape.stride===2?2:1,h=ir(r,{label:f,weight:w(`weight`,[t,s/t,n,n,c/t]),stride:a,spatial:l,facts:o});I(i,{label:f,input:w(`x`,[s,u*a,d*a]),weight:h,stride:a,outScale:p,bias:m,output:w(`y`,[c,u,d])})}else{let e=_i(r,{label:f,weight:w(`weight`,[s,3,3,c]),spatial:l,facts:o}),t=w(`y`,[c,2*u,2*d]);vi(i,{label:f,input:w(`x`,[s,u,d]),weight:e,outScale:p,bias:m,output:t})}return[r,i]}function Xv(e,t){let n=2166136261;for(let t of e)n=Math.imul(n^t.charCodeAt(0),16777619);return Float32Array.from({length:t},()=>{n=n+1831565813|0;let e=Math.imul(n^n>>>15,1|n);return e=e+Math.imul(e^e>>>7,61|e)^e,((e^e>>>14)>>>0)/2**31-1})}function Zv(e,t){if(e.length!==t.length)return 1/0;let[n,r]=[0,0];for(let i=0;i<t.length;i++){let a=t[i]??NaN;n+=(a-(e[i]??NaN))**2,r+=a*a}let i=Math.sqrt(n/Math.max(r,1e-30));return Number.isNaN(i)?1/0:i}var Qv=class extends E{#e=/* @__PURE__ */ new Map;textures={};constructor(e=`kernels`){super(e)}input(e,t,r,i=`f32`){let a=w(e,t,`persistent`,i),o=C(a);return n(Math.ceil(r.byteLength/4)*4===o,`tensor`,()=>`run "${this.name}": "${e}" [${t.join(`, `)}] needs ${o} bytes of data, got ${r.byteLength}`),this.#e.set(a,r),a}transient(e,t,n=`f32`){return w(e,t,`persistent`,n)}async runBytes(e,t,n=X_.of(e)){let[r=[]]=await this.replayBytes(e,t,1,n);return r}async replayBytes(e,t,n,r=X_.of(e)){let i=new $_(e);try{await i.allocate([...this.#e.keys(),...this.persistentTensors(),...t]);for(let[e,t]of this.#e)i.write(e,t);let a=await sv(i,r,[this]),o=new Set([...this.persistentTensors(),...t].map(b).filter(e=>!this.#e.has(e)));for(let t of a.executables)t.bindTextures(e,this.textures);let s=[];for(let r=0;r<n;r++){if(r>0)for(let e of o)i.write(e,new Uint8Array(C(e)).fill(255));for(let t of a.executables)t.submit(e);s.push(await $v(i,t))}return s}finally{i.destroy()}}async run(e,t,n){let[r=[]]=await this.replay(e,t,1,n);return r}async replay(e,t,r,i){for(let{name:e,dtype:r}of t)n(r===`f32`,`tensor`,()=>`run "${this.name}": "${e}" is ${r}, read it with runBytes`);return(await this.replayBytes(e,t,r,i)).map(e=>e.map((e,n)=>new Float32Array(e,0,S(t[n]?.shape??[]))))}};async function $v(e,t){let{device:n}=e,r=GPUBufferUsage.COPY_DST|GPUBufferUsage.MAP_READ,i=await e.create(t.map(e=>({label:`read ${e.name}`,bytes:C(e),usage:r}))),a=n.createCommandEncoder({label:`read back`});i.forEach((n,r)=>{let i=t[r];i&&a.copyBufferToBuffer(e.of(i),0,n,0,n.size)}),n.queue.submit([a.finish()]);try{return await Promise.all(i.map(async(e,n)=>{await e.mapAsync(GPUMapMode.READ);let r=t[n];return e.getMappedRange().slice(0,r?C(r):void 0)}))}finally{e.release(i)}}const X=(e,t)=>e[t]??NaN,Z=(e,t)=>e.shape[t]??NaN;function ey(e,t,n){let r=e.length/t;return Float32Array.from(e,(e,t)=>{let i=Math.floor(t/r),a=e*(n.outScale?X(n.outScale,i):1)+(n.bias?X(n.bias,i):0);a+=(n.noise?X(n.noise,t%r):0)+(n.residual?X(n.residual,t):0);let o=typeof n.slope==`object`?X(n.slope,i):n.slope??1;return(a>=0?a:a*o)*(n.gain??1)})}function ty(e,t){let[n,r]=[Z(e,1),Z(e,2)];return(i,a,o)=>a<0||o<0||a>=n||o>=r?0:X(e.data,(i*n+a)*r+o)*(t.inScale?X(t.inScale,i):1)+(t.inShift?X(t.inShift,i):0)}function ny(e,t,n,r){let i=ty(e,t),[a,o]=[Z(e,1)+n+r,Z(e,2)+n+r];return Float64Array.from({length:Z(e,0)*a*o},(e,t)=>{let r=Math.floor(t/o);return i(Math.floor(r/a),r%a-n,t%o-n)})}function ry(e,t,n){let[r,i,a,o]=[Z(t,0),Z(t,1),Z(t,2),Z(t,4)],[s,c]=typeof n.padding==`number`?[n.padding,n.padding]:n.padding,l=ny(e,n,s,c),[u,d]=[Z(e,1)+s+c,Z(e,2)+s+c],f=e=>Math.floor((e-a)/n.stride)+1,[p,m]=[f(u),f(d)],h=new Float64Array(r*o*p*m);for(let e=0;e<r*o;e++){let r=Math.floor(e/o)*i;for(let s=r;s<r+i;s++)for(let r=0;r<a;r++)for(let i=0;i<a;i++){let c=X(t.data,((s*a+r)*a+i)*o+e%o);for(let t=0;t<p;t++){let a=(s*u+t*n.stride+r)*d+i,o=(e*p+t)*m;for(let e=0;e<m;e++)h[o+e]=(h[o+e]??0)+c*(l[a+e*n.stride]??NaN)}}}return{shape:[r*o,p,m],data:ey(h,r*o,n)}}const iy=[.25,.75,.75,.25];function ay(e,t,n){let[r,i,a,o]=[Z(e,0),Z(t,3),Z(e,1),Z(e,2)],[s,c]=[2*a+1,2*o+1],l=ty(e,n),u=new Float64Array(i*4*a*o);for(let e=0;e<i;e++){let n=new Float64Array(s*c);for(let s=0;s<r;s++)for(let r=0;r<a;r++)for(let a=0;a<o;a++)for(let o=0;o<3;o++)for(let u=0;u<3;u++){let d=(2*r+o)*c+2*a+u,f=X(t.data,((s*3+o)*3+u)*i+e);n[d]=(n[d]??0)+l(s,r,a)*f}for(let t=0;t<2*a;t++)for(let r=0;r<2*o;r++){let i=0;iy.forEach((e,a)=>{iy.forEach((o,l)=>{let[u,d]=[t+a-1,r+l-1];u>=0&&d>=0&&u<s&&d<c&&(i+=e*o*(n[u*c+d]??NaN))})}),u[(e*2*a+t)*2*o+r]=i}}return{shape:[i,2*a,2*o],data:ey(u,i,n)}}const oy=e=>[e.shape[0]??0,e.shape[1]??0,e.shape[2]??0];function sy(e){let[t,n,r]=oy(e),i=new Float32Array(t*4*n*r),a=(t,i,a)=>{let[o,s]=[(i-2)/2,(a-2)/2];return Number.isInteger(o)&&Number.isInteger(s)&&o>=0&&s>=0&&o<n&&s<r?X(e.data,(t*n+o)*r+s):0};for(let e=0;e<t;e++)for(let t=0;t<2*n;t++)for(let o=0;o<2*r;o++){let s=0;iy.forEach((n,r)=>{iy.forEach((i,c)=>{s+=n*i*a(e,t+r,o+c)})}),i[(e*2*n+t)*2*r+o]=s}return{shape:[t,2*n,2*r],data:i}}function cy(e,t,n,r,i){return ry(e,{shape:[1,...t.shape],data:t.data},{inScale:n,bias:r,residual:i&&sy(i).data,stride:1,padding:0})}function ly(e,t){let[n,r]=oy(t);return Float32Array.from({length:r},(i,a)=>{let o=1e-8;for(let i=0;i<n;i++)o+=X(e,i)**2*X(t.data,i*r+a);return 1/Math.sqrt(o)})}function uy(e,t,n,[r,i]){let a=r*(i+1);return Float64Array.from({length:n.length},(r,o)=>{let s=X(e,a+i)*X(n,o);for(let n=0;n<i;n++)s+=X(e,a+n)*X(t,o*i+n);return s})}function dy(e,{w1:t,b1:n,w2:r,b2:i},[a,o,s]){let[c,l]=[s*o,n.length],u=new Float64Array(a*s*l);for(let d=0;d<a;d++){let a=X(e,d*(o+1)+o),f=new Float64Array(c);for(let t=0;t<c;t++){let n=a*X(i,t);for(let i=0;i<o;i++)n+=X(e,d*(o+1)+i)*X(r,i*c+t);f[t]=n}for(let e=0;e<s;e++)for(let r=0;r<l;r++){let i=a*X(n,r);for(let n=0;n<o;n++)i+=X(f,e*o+n)*X(t,n*l+r);u[(d*s+e)*l+r]=i}}return u}function fy(e,t,[n,r,i,a]){let o=new Float64Array(n*i*a);for(let s=0;s<n;s++)for(let n=0;n<i;n++)for(let c=0;c<a;c++){let l=0;for(let o=0;o<r;o++)l+=X(e,(s*r+o)*i+n)*X(t,(s*r+o)*a+c);o[(s*i+n)*a+c]=l}return o}function Q(e,t,n){let r=Xv(t,S(n));return{shape:n,data:r,tensor:e.input(t,n,r)}}function py(e,t,[n,r],i){let a=Xv(t,n*r);if(i===`f32`)return{tensor:e.input(t,[n,r],a),scales:void 0,values:a};if(i===`f16`){let i=Yi(a);return{tensor:e.input(t,[n,r],i,`f16`),scales:void 0,values:Ji(i)}}let o=Ap(a,n),s=jp(a,o);return{tensor:e.input(t,[n,r],s,`i8`),scales:e.input(`${t} scales`,[n],o),values:Float32Array.from(s,(e,t)=>e*(o[Math.floor(t/r)]??0))}}const my=({tensor:e})=>({tensor:e,offset:0});function hy(e,t,n,r){let[i,a]=[Q(e,`style`,[t]),Q(e,`factor`,[n])],[o,s]=[Q(e,`bias`,[n]),Q(e,`noise`,r)];return{gpu:{inScale:my(i),outScale:my(a),bias:my(o),noise:s.tensor,activation:{kind:`leaky`,slope:.2,gain:Math.SQRT2}},reference:{inScale:i.data,outScale:a.data,bias:o.data,noise:s.data,slope:.2,gain:Math.SQRT2}}}const gy=[{batches:3,depth:7,rows:16,columns:4},{batches:2,depth:37,rows:80,columns:48}],_y=(e,t,{batches:n,depth:r,rows:i,columns:a})=>o=>{let s=mn(t),c=py(o,`left`,[n*r,i],s),l=py(o,`right`,[n*r,a],s),u=w(`product`,[n,i,a]),d={batches:n,depth:r,rows:i,columns:a,flops:0,kernel:e,precision:t};return o.add(wn({op:`trial`,label:e,left:c.tensor,right:l.tensor,output:u,...d})),{output:u,expected:()=>fy(c.values,l.values,[n,r,i,a])}},vy=(e,{software:t})=>!t&&[`conv2d/fused`,`conv2d/implicit`,`upConv/fused`].includes(e)?[5,37]:[5],yy=(e,t,n)=>r=>{let i=e!==`winograd`&&e!==`fused`,[a,o,s]=i?[16,9,7]:[20,13,20],c=i?2:1,l=[Math.ceil(o/c),Math.ceil(s/c)],u=Q(r,`x`,[n,o,s]),d=Q(r,`w`,[1,n,3,3,a]),f={...t,forced:e},p=ir(r,{label:`trial`,weight:d.tensor,stride:c,spatial:l,facts:f}),m=hy(r,n,a,l),{outScale:h,bias:g}=m.gpu,_=i?{outScale:h,bias:g,activation:{kind:`relu`}}:m.gpu,ee=i?{outScale:m.reference.outScale,bias:m.reference.bias,slope:0}:m.reference;return{output:I(r,{label:`trial`,input:u.tensor,weight:p,stride:c,..._}),expected:()=>ry(u,d,{stride:c,padding:1,...ee}).data}},by=(e,t,n)=>r=>{let i=[5,e===`columns`?8:3],a=Q(r,`x`,[n,...i]),o=Q(r,`w`,[n,3,3,16]),s={...t,forced:void 0,forcedUp:e},c=_i(r,{label:`trial`,weight:o.tensor,spatial:i,facts:s}),l=hy(r,n,16,[10,2*i[1]]);return{output:vi(r,{label:`trial`,input:a.tensor,weight:c,...l.gpu}),expected:()=>ay(a,o,l.reference).data}},xy=(e,{dtype:t})=>n=>{let[r,i]=[36,37],a=Q(n,`state`,[3,r+1]),o=py(n,`w`,[i,r],t),s=Q(n,`b`,[i]),c={chunks:[o.tensor],scales:o.scales},l=w(`Δ`,[i,1]);return Cr(n,{state:a.tensor,row:1,weight:c,bias:s.tensor,output:l,variant:e}),{output:l,expected:()=>uy(a.data,o.values,s.data,[1,r])}},Sy=(e,{dtype:t,layers:n},r)=>i=>{let[a,o,s]=[64,16,3],c=Q(i,`state`,[n,a+1]),l=py(i,`w2`,[a,o*a],t),u=py(i,`w1`,[a,o*s**2],t===`i8`?`f16`:t),[d,f]=[Q(i,`b2`,[o*a]),Q(i,`b1`,[o*s**2])],p=kr(i,{state:c.tensor,w1:u.tensor,w1Scales:u.scales,b1:f.tensor,w2:{chunks:[l.tensor],scales:l.scales},b2:d.tensor,outChannels:o,taps:s,facts:r,...e}),m={w1:u.values,b1:f.data,w2:l.values,b2:d.data};return{output:p,expected:()=>dy(c.data,m,[n,a,o])}},Cy=e=>t=>{let[n,r]=[Q(t,`x`,[37,5,8]),Q(t,`w`,[37,1,1,3])],[i,a]=[Q(t,`styles`,[37]),Q(t,`bias`,[3])],o={styles:my(i),bias:my(a)};return{output:fi(t,{label:`trial`,input:n.tensor,weight:r.tensor,...o,facts:e}),expected:()=>cy(n,r,i.data,a.data).data}},wy=e=>t=>{let n=[37,19],r=Q(t,`styles`,[37]),i=Xv(`energy`,S(n)).map(e=>e*e),a={style:0,energy:0,inChannels:n[0],outChannels:n[1]},o=t.input(`table`,[n[1],4],ai([a]));return{output:oi(t,{styles:r.tensor,energy:t.input(`energy`,n,i),table:o,facts:e}),expected:()=>ly(r.data,{shape:n,data:i})}};function Ty(e,t,n){let[r,i]=e.split(`/`);switch(r){case`product`:return gy.filter(({columns:e})=>e%16==0||vt(i)===i).map(e=>_y(i,t.precision??`f32`,e));case`conv2d`:return vy(e,t).map(e=>yy(i,t,e));case`upConv`:return vy(e,t).map(e=>by(i,t,e));case`layerHead`:return[xy(i,n)];case`expand`:return[Sy({expand:i},n,t)];case`sum`:{let e={...t,software:i===`alone`};return[Cy(e),wy(e)]}default:return[Sy({product:i},n,t)]}}const Ey={f32:1e-4,f16:.02},Dy=e=>[...new Set(Array.from(e,({rung:e})=>e).filter(e=>e!==void 0))];async function Oy(e){let t=Ny(e.records),n=new Set(e.records.map(({shader:e})=>e)),r=new Av,i=[];for(let a of e.rungs){await r.between();let o=jy(Ty(a,e.facts,t).map(Ay),n),s=Promise.all(o.map(t=>My(t,e,r))).then(e=>({rung:a,error:Math.max(...e)}));s.catch(()=>void 0),i.push(s)}let a=await Promise.all(i),o=Ey[mn(e.facts.precision??`f32`)],s=a.filter(({error:e})=>!(e<=o)).map(e=>({...e,allowed:o})),c=s.filter(({rung:e})=>e.startsWith(`product/`)||e.startsWith(`expand/`)),l=a.flatMap(({rung:e,error:t})=>t<=o?e:[]);return{failures:c.length>0?c:s,passed:l}}function ky({rung:e,error:t,allowed:n},r){return`kernel ${e} computes wrongly on ${r} (${Number.isFinite(t)?`a relative error of ${t.toPrecision(2)}, allowed ${n}`:`no result`}): the next rung of its ladder runs instead; update the graphics driver`}function Ay(e){let t=new Qv(`self-test`);return{run:t,...e(t)}}function jy(e,t){let n=e.filter(({run:e})=>e.nodes.every(({shader:e})=>t.has(e)));return n.length>0?n:e}async function My({run:e,output:t,expected:n},{device:r,pipelines:a},o){try{let i=await e.replay(r,[t],3,a);return await o.piece(()=>{let e=n();return Math.max(...i.map(([t])=>Zv(t??[],e)))})}catch(e){if(e instanceof i&&e.code===`shader`)return 1/0;throw e}}function Ny(e){let t=t=>e.find(e=>e.shader.startsWith(t))?.bindings[0]?.tensor.dtype,n=e.find(e=>e.shader.startsWith(`shared_head_expand`));return{dtype:t(`layer_head`)??t(`shared_head_expand`)??`f32`,layers:n?.bindings[2]?.tensor.shape[0]??1}}const Py=e=>ma(e).flatMap(({nodes:e})=>e);async function Fy(e){let{onWarning:t=console.warn,tune:r=!1}=e;n(typeof r==`boolean`||Number.isFinite(r)&&r>0,`option`,()=>`tune is ${r}, expected true, false, or the seconds it may take`);for(let n of e.warnings)t(n);let i={passed:/* @__PURE__ */ new Set,distrusted:/* @__PURE__ */ new Set},a=await Iy(e,void 0,i),o=[...e.warnings,...a.report.warnings];if(!r)return{...a,report:{...a.report,warnings:o}};let s=e.choiceStore??await Ol(),c=Dv(e.adapterName,e.facts,e.name),l=await Ov(s,c);l||await Ly(e.pipelines,a.network);let u=performance.now(),d=l??await Ry(e,i.distrusted),f=l?0:(performance.now()-u)/1e3;!l&&d.choices.size>0&&await kv(s,c,d);let{network:p,report:m}=await Iy(e,d,i),h=[...o,...m.warnings],g=a.report.selfTestSeconds+m.selfTestSeconds;return{network:p,report:{...m,warnings:h,selfTestSeconds:g,tuned:{shapes:d.choices.size,seconds:f}}}}async function Iy(t,n,{passed:r,distrusted:i}){let{build:a,device:o,pipelines:s,adapterName:c,onWarning:l=console.warn}=t,u=performance.now(),d=[];for(;;){e(t.signal);let f={...t.facts,distrusted:i,tuned:n},p=await a(f);e(t.signal);let m=Py(p),h=new Av;for(let n of m)s.get(n).catch(()=>void 0),await h.between(),e(t.signal);let g=Dy(m),_=await Oy({device:o,pipelines:s,facts:f,records:m,rungs:g.filter(e=>!r.has(e))});e(t.signal);for(let e of _.passed)r.add(e);if(_.failures.length===0){let e=(performance.now()-u)/1e3,t={shapes:0,seconds:0};return{network:p,report:{precision:f.precision??`f32`,rungs:g,distrusted:[...i],warnings:d,selfTestSeconds:e,tuned:t}}}for(let e of _.failures){i.add(e.rung);let t=ky(e,c);d.push(t),l(t)}}}async function Ly(e,t){await Promise.allSettled(Py(t).map(t=>e.get(t)))}async function Ry(e,t){let{device:n,pipelines:r}=e,i=typeof e.tune==`number`?e.tune:void 0,a=new vv;return await e.build({...e.facts,distrusted:t,tuned:a}),Vv({device:n,pipelines:r,facts:{...e.facts,distrusted:t},tasks:a.tasks(),budget:i})}function zy(e,{label:t=`squared error`,a:n,b:r,output:i}){let a=`squaredError "${t}"`;T(a,`b`,r,n.shape);let o=S(n.shape),s=Math.min(256,Math.ceil(o/1024)),c=e.transient(`${t} sums`,[s]),l=i??e.transient(t,[1]);return T(a,`output`,l,[1]),e.add({op:`squaredError`,label:`${t} ${o}`,shader:`squared_error`,parts:[`tree_sum`],substitutions:{WORKGROUP_SIZE:64},uniforms:[O(`n`,o),O(`last`,0),k(`scale`,1)],bindings:[A(n),A(r),j(c)],grid:[s,1,1],flops:3*o}),e.add({op:`squaredError`,label:`${t} mean`,shader:`squared_error`,parts:[`tree_sum`],substitutions:{WORKGROUP_SIZE:64},uniforms:[O(`n`,s),O(`last`,1),k(`scale`,1/o)],bindings:[A(c),A(c),j(l)],grid:[1,1,1],flops:s}),l}function By(e,{label:t=`codes`,codes:r,state:i,firstRow:a=0}){let o=`accumulateCodes "${t}"`,[s,c]=[P(r,0),P(r,1)],l=S(r.shape)/(s*c);return T(o,`state`,i,[P(i,0),c+1]),n(a>=0&&a+s<=P(i,0),`tensor`,()=>`${o}: rows ${a}..${a+s} do not lie within the state's ${P(i,0)}`),e.add({op:`accumulateCodes`,label:`${t} ${s}×${c}`,shader:`accumulate`,overrides:{WORKGROUP_SIZE:64},uniforms:[O(`rows`,s),O(`z`,c),O(`pixels`,l),O(`first_row`,a)],bindings:[A(r),M(i)],grid:N(s*(c+1),64),flops:s*(c*l+1)}),i}function Vy(e,{label:t,sums:r,weights:i,active:a}){let o=`mixSums "${t}"`,s=P(r,0),c=S(r.shape)/s;return T(o,`active`,a,r.shape),n(i.offset+s<=S(i.tensor.shape),`tensor`,()=>`${o}: needs ${s} weights at ${i.offset}, "${i.tensor.name}" has [${i.tensor.shape}]`),e.add({op:`mixSums`,label:`${t} ${s}×${c}`,shader:`mix`,overrides:{WORKGROUP_SIZE:64},uniforms:[O(`rows`,s),O(`width`,c),O(`first_weight`,i.offset)],bindings:[A(r),A(i.tensor),M(a)],grid:N(s*c,64),flops:2*s*c}),a}function Hy(e,t,n,r,i){let{plan:a}=t,[o,s]=[a.batchNorm(`${n}.bn1`),a.batchNorm(`${n}.bn2`)],c=I(e,{label:`${n}.conv1`,input:r,weight:t.static(`${n}.conv1.weight`,r,i),stride:i,outScale:L(o.scale),bias:L(o.shift),activation:{kind:`relu`}}),l=r;if(a.has(`${n}.downsample.0.weight`)){let o=a.batchNorm(`${n}.downsample.1`);l=I(e,{label:`${n}.downsample`,input:r,weight:t.static(`${n}.downsample.0.weight`,r,i),stride:i,padding:0,outScale:L(o.scale),bias:L(o.shift)})}return I(e,{label:`${n}.conv2`,input:c,weight:t.static(`${n}.conv2.weight`,c),outScale:L(s.scale),bias:L(s.shift),residual:l,activation:{kind:`relu`}})}function Uy(e,t,n,r){let i=t.plan.batchNorm(n.norm);return I(e,{label:n.conv,input:r,weight:t.static(n.conv,r,2),stride:2,outScale:L(i.scale),bias:L(i.shift),activation:{kind:`prelu`,slopes:t.plan.plain(n.slopes)}})}function Wy(e,t,n,r){let i=Uy(e,t,{conv:`hypernet.conv1.weight`,norm:`hypernet.bn1`,slopes:`hypernet.relu.weight`},r),a=0;return n.units.forEach((n,r)=>{for(let o=0;o<n;o++,a++)i=Hy(e,t,`hypernet.body.${a}`,i,o===0&&r>0?2:1)}),i}function Gy(e,t){let n=/* @__PURE__ */ new Map;for(let r of t.tunedLayers){let i=`hypernet.refinement_blocks.${r}`,a=Ky(e,t,r,i),o=[a,...qy(e,i).map(t=>e.shape(`${t}.weight`).join(`x`))].join(` `),s=n.get(o)??{kind:a,layers:[]};s.layers.push(r),n.set(o,s)}return[...n.values()].map(({kind:t,layers:n})=>{let r=n.map(e=>`hypernet.refinement_blocks.${e}`),i=qy(e,`${r[0]}`).at(-1),a=e.size(`${i}.weight`,0),[o,s]=[`${t} codes of layers ${n}`,[n.length,a+1]],[c,l]=[w(o,s),w(`active ${o}`,s)];return{kind:t,layers:n,prefixes:r,codeSize:a,sums:c,active:l}})}function Ky(e,t,r,i){return t.sharedLayers.includes(r)?`shared`:e.has(`${i}.output.0.make_kernel_in.weight`)?`separable`:e.has(`${i}.output.0.weight`)?`rgb`:(n(e.has(`${i}.output.1.weight`),`tensor`,()=>`"${i}" has no head: expects ${i}.output.*`),`plain`)}function qy(e,t){let n=[];for(;e.has(`${t}.convs.${2*n.length}.weight`);)n.push(`${t}.convs.${2*n.length}`);return n}function Jy(e,t,r,i){let{plan:a}=t,{prefixes:o,codeSize:s,kind:c}=r,l=i,u=o.map(e=>qy(a,e));u[0]?.forEach((n,r)=>{let i=u.map(e=>e[r]??n),o=`${n}.weight ×${i.length}`,s=i.map(e=>`${e}.weight`),d=r===0?a.convJoined(o,s):a.conv(o,s),f=c===`shared`&&r===0?1:2;l=I(e,{label:o,input:l,weight:t.prepared(o,d,l,f),stride:f,bias:L(a.concat(`${n}.bias ×${i.length}`,i.map(e=>`${e}.bias`))),activation:{kind:`leaky`,slope:.01}})});let d=P(l,1)*P(l,2);n(c===`plain`||d===1,`model`,()=>`"${o[0]}": its convolutions leave [${l.shape}] where one code of ${s} a layer is expected; check input_size`);let f=x(l,[o.length,s,...c===`plain`?[d]:[]]);return c===`shared`?Yy(e,t,r,f):f}function Yy(e,{plan:t,facts:n},r,i){let{prefixes:a,codeSize:o}=r,s=t.size(`${a[0]}.linear.weight`,0),c=t.concat(`${a[0]}.linear.weight ×${a.length}`,a.map(e=>`${e}.linear.weight`)),l=t.concat(`${a[0]}.linear.bias ×${a.length}`,a.map(e=>`${e}.linear.bias`));return vr(e,{label:`hypernet.refinement_blocks.linear`,input:i,weight:x(c,[a.length,s,P(i,1)]),bias:x(l,[a.length,s]),weightScale:1/Math.sqrt(o),groups:!0,facts:n})}var Xy=class{name=`hypernetwork`;plan;groups;state;graphs;transfers;sums;weightLayers;features;#e;#t;#n=/* @__PURE__ */ new Map;constructor(e,{sizes:t,layers:n,inputShape:r,facts:i}){this.plan=e,this.#e=n,this.#t=i,this.groups=Gy(e,t);let a=[],o=/* @__PURE__ */ new Map;for(let e of this.groups){e.kind!==`separable`&&a.push({layers:e.layers,sums:e.sums,active:e.active});for(let[t,r]of zr(e,n))o.set(t,r);for(let[t,r]of zr(e,n,`active ΣΔ`))this.#n.set(t,r)}for(let[e,t]of o){let n=e=>x(e??t,[1,S(t.shape)]);a.push({layers:[e],sums:n(t),active:n(this.#n.get(e))})}this.sums=[...this.groups.map(({sums:e})=>e),...o.values()],this.weightLayers=a.flatMap(e=>e.layers),this.state={pair:w(`x and y`,[6,...r]),weights:w(`shares`,[this.weightLayers.length])};let s=new E(`refine`);this.features=this.#r(s,t,o),this.graphs=/* @__PURE__ */ new Map([[`refine`,s],[`mix`,Zy(a,this.state.weights)]]),this.transfers=/* @__PURE__ */ new Map([[`forget`,this.sums.map(e=>({to:e}))],[`activate`,a.map(({sums:e,active:t})=>({from:e,to:t}))],[`deactivate`,a.map(({active:e})=>({to:e}))]])}#r(e,t,n){let r=new xr(this.plan,this.#t),i=Wy(e,r,t,this.state.pair);for(let t of this.groups){let a=Jy(e,r,t,i);Br(e,this.plan,t,a,n),By(e,{label:`Σ codes of layers ${t.layers}`,codes:a,state:t.sums})}return i}recordOffsets(e){let t=/* @__PURE__ */ new Map,n={plan:this.plan,layers:this.#e,facts:this.#t};for(let r of this.groups)Ir(e,n,r,t);for(let[e,n]of this.#n)t.set(e,{delta:L(n),taps:3});return t}};function Zy(e,t){let n=new E(`mix`),r=0;for(let{layers:i,sums:a,active:o}of e)Vy(n,{label:`share of layers ${i}`,sums:a,active:o,weights:L(t,r)}),r+=i.length;return n}function*Qy({architecture:e,tensors:t},n){let r=new da(t),{encoder:i,hypernetwork:a}=e,o=Be(e),s=new Mi(r,{sizes:e,facts:n,tunedLayers:a?.tunedLayers??[]});yield;let c=[3,...o],l={...s.state,x:w(`x`,c),pooled:w(`pooled y`,c),error:w(`error`,[1]),errors:w(`errors`,[101])},{average:u}=s,d=i?new Jr(r,{trunk:i,facts:n,x:l.x,average:u,output:l.base}):void 0;yield;let f={layers:s.generator.layers,inputShape:o,facts:n},p=a?new Xy(r,{sizes:a,...f}):void 0;return yield,{plan:r,generator:s,state:l,encoder:d,hypernetwork:p}}function $y(e){for(;;){let t=e.next();if(t.done)return t.value}}var eb=class e{name=`HyperStyle`;architecture;plan;generator;encoder;hypernetwork;state;graphs;transfers;deltas;constructor(e,t,n=$y(Qy(e,t))){this.architecture=e.architecture,this.plan=n.plan,this.generator=n.generator,this.encoder=n.encoder,this.hypernetwork=n.hypernetwork,this.state=n.state;let r=new E(`retune`);this.deltas=this.hypernetwork?Kd(r,this.hypernetwork,[{network:this.generator}]):/* @__PURE__ */ new Map,this.graphs=new Map([...this.hypernetwork?.graphs??[],...this.hypernetwork?[[`retune`,r]]:[],...this.encoder?.graphs??[],...this.generator.graphs,[`measure`,this.#e()]]),this.transfers=this.#t()}static async inPieces(t,n){let r=new Av,i=Qy(t,n);for(;;){let a=i.next();if(a.done)return new e(t,n,a.value);await r.between()}}get sums(){return this.hypernetwork?.sums??[]}#e(){let{x:e,y:t,pooled:n,error:r}=this.state,{inputSize:i,cropRows:a}=this.architecture,o=new E(`measure`);return Yt(o,{label:`pool y`,input:t,height:i,width:i,rows:a,output:n}),zy(o,{label:`error`,a:e,b:n,output:r}),o}#t(){let{x:e,pooled:t,offset:n,styleOffset:r}=this.state,i=new Map(this.hypernetwork?.transfers??[[`forget`,[]]]);i.set(`unedited`,[{to:n},{to:r}]),i.set(`noNoise`,this.generator.noises.map(e=>({to:e})));let a=this.hypernetwork?.state.pair;return a&&i.set(`gather`,[{from:e,to:a},{from:t,to:a,byteOffset:C(e)}]),i}},tb=class e{network;runtime;kernels;directions;#e;#t;constructor(e,t,n,r,i){this.runtime=e,this.network=n,this.kernels=r,this.directions=i,this.#e=t}static async load(t,n,r={}){let i=new hv(n),{life:a}=i,o=n=>a.checked(()=>e.#n(t,i,{...r,signal:n}));try{return await a.during(o,{signal:r.signal})}catch(e){throw i.release(),e}}static async#n(t,n,r){let{opened:i,pipelines:a}=n,o=e=>eb.inPieces(t,e),{network:s,report:c}=await Fy({...r,...i,name:t.name,build:o,pipelines:a}),l=await n.mount(s,t,r),u=new e(n,l,s,c,t.directions??/* @__PURE__ */ new Map);return u.run(`storedNoise`),u}get opened(){return this.runtime.opened}get device(){return this.runtime.device}get buffers(){return this.runtime.buffers}get pipelines(){return this.runtime.pipelines}exclusive(e,t={}){return this.runtime.exclusive(e,t)}run(...e){for(let t of e)t===`retune`&&this.#t?this.#t.run(`retune`):this.#e.run(t)}executable(e){return e===`retune`&&this.#t?this.#t.executable(`retune`):this.#e.executable(e)}write(e,t,n=0){this.runtime.buffers.write(e,t,n)}read(e){return this.runtime.read(e)}start(){n(this.network.encoder,`model`,`this model has no W encoder, so it cannot invert a photo: convert it together with its w_encoder.pt`),this.run(...qm.start)}step(){n(this.network.hypernetwork,`model`,`this model has no hypernetwork, only y_0 can be computed: pass steps: 0`),this.run(...qm.step)}keepError(e){let{error:t,errors:n}=this.network.state;this.runtime.copy(this.buffers.of(t),this.buffers.of(n),C(t),{to:e*C(t)})}generate(){this.run(...Jm)}show(e=0){let{resumePoints:t}=this.network.generator,n=t.findLast(({latentRow:t})=>t<=e);for(let e of qm.show)e===`synthesize`?this.#e.runFrom(e,n?this.#r(e,n):0):this.run(e)}#r(e,t){let{dispatches:n}=this.executable(e);return Math.max(0,n.findIndex(({record:e})=>e===t.record))}tune({sums:e,steps:t}){this.activate([{sums:e,weight:()=>1}]),this.run(t>0?`retune`:`untune`)}activate(e){let{hypernetwork:t}=this.network;if(!t)return;let[n]=e;if(n&&e.length===1&&t.weightLayers.every(e=>n.weight(e)===1))this.writeSums(n.sums),this.run(`activate`);else{this.run(`deactivate`);for(let{sums:n,weight:r}of e)this.writeSums(n),this.write(t.state.weights,Float32Array.from(t.weightLayers,r)),this.run(`mix`)}}writeSums(e){this.network.sums.forEach((t,n)=>{let r=e[n];r&&(r instanceof Float32Array?this.write(t,r):this.runtime.copy(r.buffer,this.buffers.of(t),C(t),{from:r.offset}))})}async retarget(e){let{hypernetwork:t}=this.network;n(t,`model`,`this model has no hypernetwork, so there is nothing to apply to a generator`);let r=await this.runtime.mount(new qd(t,e));this.#t?.dispose(),this.#t=r}memory(){return this.runtime.memory()}dispose(){this.runtime.dispose()}};const nb=(e,t)=>[Math.ceil(e/8),Math.ceil(t/8),1];function rb(e,t,r){let[i,a]=r??[0,t];return n(i>=0&&i<a&&a<=t,`tensor`,()=>`${e}: rows ${i}..${a} do not lie within 0..${t}`),[i,a]}function ib(e,{texture:t,size:n,rows:r,output:i}){let[a,o]=rb(`resizeImage`,n,r),s=[3,o-a,n],c=i??e.transient(`${t} resized`,s);return T(`resizeImage`,`output`,c,s),e.add({op:`resizeImage`,label:`${t}→${o-a}×${n}`,shader:`resize_image`,overrides:{WORKGROUP_SIDE:8},uniforms:[O(`size`,n),O(`first_row`,a),O(`rows`,o-a)],bindings:[j(c)],textures:[{name:t,access:`load`}],grid:nb(n,o-a),flops:0}),c}function ab(e,{input:t,rows:n,texture:r}){let[i,a]=[P(t,1),P(t,2)];T(`toTexture`,`input`,t,[3,i,a]);let[o,s]=rb(`toTexture`,i,n);e.add({op:`toTexture`,label:`${s-o}×${a}→${r}`,shader:`to_texture`,overrides:{WORKGROUP_SIDE:8},uniforms:[O(`height`,i),O(`width`,a),O(`first_row`,o),O(`rows`,s-o)],bindings:[A(t)],textures:[{name:r,access:`store`}],grid:nb(a,s-o),flops:0})}function ob(e,{label:t=`pack`,input:n,rows:r,output:i}){let[a,o]=[P(n,1),P(n,2)];T(`packRgba "${t}"`,`input`,n,[3,a,o]);let[s,c]=rb(`packRgba "${t}"`,a,r),l=(c-s)*o,u=i??e.transient(t,[l]);return T(`packRgba "${t}"`,`output`,u,[l]),e.add({op:`packRgba`,label:`${t} ${c-s}×${o}`,shader:`pack_rgba`,overrides:{WORKGROUP_SIZE:64},uniforms:[O(`height`,a),O(`width`,o),O(`first_row`,s),O(`rows`,c-s)],bindings:[A(n),j(u)],grid:N(l,64),flops:6*l}),u}const sb=/* @__PURE__ */ new WeakMap;function cb(e,t,n){if(sb.get(e)!==t)return!1;if(typeof e.getConfiguration!=`function`)return!0;let r=e.getConfiguration();return r?.device===t&&r.format===`rgba8unorm`&&(r.usage&n)===n}function lb(e,r,{width:a,height:o}){let s=t(e);n(s===`HTMLCanvasElement`||s===`OffscreenCanvas`,`option`,()=>`draw got ${s}, expected a canvas element or an OffscreenCanvas`);let c=GPUTextureUsage.STORAGE_BINDING|GPUTextureUsage.RENDER_ATTACHMENT|GPUTextureUsage.COPY_SRC;try{let t=e.getContext(`webgpu`);return n(t,`device`,`this canvas has another context already: pass a canvas without one, or use toImageData()`),e.width!==a&&(e.width=a),e.height!==o&&(e.height=o),cb(t,r,c)||(t.configure({device:r,format:U_,usage:c,alphaMode:`opaque`}),sb.set(t,r)),t.getCurrentTexture()}catch(e){if(e instanceof i)throw e;let t=e instanceof Error?e.message:String(e);throw new i(`device`,`this canvas cannot be drawn into (${t}): pass another, or use toImageData()`,{cause:e})}}var ub=class e{width;height;#e;#t=[];#n;#r;#i;#a;constructor(e,t,n,r){this.#e=e,this.#n=t.shown,this.#r=t.packed,this.#i=n,this.#a=r;let[i,a]=Ve(e.network.architecture);this.width=e.network.architecture.size,this.height=a-i}static async create(t){let{size:r}=t.network.architecture,i=Ve(t.network.architecture),a=w(`shown picture`,[3,r,r]),o=w(`packed picture`,[(i[1]-i[0])*r]),s=[new E(`pack`),new E(`draw`)];ob(s[0],{input:a,rows:i,output:o}),ab(s[1],{input:a,rows:i,texture:`canvas`});let[c,l]=(await t.runtime.compile(s)).executables;return n(c&&l,`shader`,`packing and drawing pictures were lost while compiling`),new e(t,{shown:a,packed:o},c,l)}get bytes(){return C(this.#n)}async take(){let e=this.#t.pop();if(e)return e;let[t]=await this.#e.buffers.create([{label:`picture`,bytes:this.bytes}]);if(!t)throw new i(`memory`,`no picture buffer of ${this.bytes} bytes`);return t}async capture(){let e=await this.take();return this.#e.runtime.copy(this.#e.buffers.of(this.#e.network.state.y),e,this.bytes),new db(this,e)}give(e){this.#t.length<7?this.#t.push(e):this.#e.buffers.release([e])}draw(e,t){let{runtime:n,device:r}=this.#e;n.ensureAlive(),this.#a.bindTextures(r,{canvas:lb(t,r,this)}),this.#o(this.#a,e)}async pixels(e){let t=this.#e;t.runtime.ensureAlive();let n=await t.runtime.readback.bytes(t.buffers.of(this.#r),C(this.#r),()=>this.#o(this.#i,e));return{data:new Uint8ClampedArray(n),width:this.width,height:this.height}}#o(e,t){let{runtime:n,buffers:r,device:i}=this.#e;n.copy(t,r.of(this.#n),this.bytes),e.submit(i)}async values(e){return this.#e.runtime.ensureAlive(),new Float32Array(await this.#e.runtime.readback.bytes(e,this.bytes))}},db=class{width;height;#e;#t;#n=!1;#r=0;constructor(e,t){this.#e=e,this.#t=t,this.width=e.width,this.height=e.height}#i(){return n(!this.#n,`option`,`this picture was disposed of: keep its inversion, or read its pixels first`),this.#t}async#a(e){let t=this.#i();this.#r++;try{return await e(t)}finally{this.#r--,this.#o()}}#o(){this.#n&&this.#r===0&&this.#e.give(this.#t)}draw(e){this.#e.draw(this.#i(),e)}toImageData(){return this.#a(e=>this.#e.pixels(e))}toFloats(){return this.#a(e=>this.#e.values(e))}dispose(){this.#n||(this.#n=!0,this.#o())}[Symbol.dispose](){this.dispose()}};const fb=(e,t)=>Math.ceil(e/Math.ceil(e/t));function pb(e,[t,n],r){let[i,a]=[Math.ceil(t/r),Math.ceil(n/r)];if(i===1&&a===1)return{data:new Uint8Array(e),width:t,height:n};let[o,s]=[fb(t,r),fb(n,r)],c=new Uint8Array(4*o*s),l=new Float64Array(3*o);for(let r=0;r<s;r++){l.fill(0);let[s,u]=[r*a,Math.min(n,(r+1)*a)];for(let n=s;n<u;n++)mb(l,e,{y:n,width:t,across:i});for(let e=0;e<o;e++){let n=(u-s)*(Math.min(t,(e+1)*i)-e*i),a=4*(r*o+e);for(let t=0;t<3;t++)c[a+t]=Math.round((l[3*e+t]??0)/n);c[a+3]=255}}return{data:c,width:o,height:s}}function mb(e,t,{y:n,width:r,across:i}){for(let a=0;a<r;a++){let o=4*(n*r+a),s=3*Math.floor(a/i),c=(t[o+3]??0)/255;for(let n=0;n<3;n++)e[s+n]=(e[s+n]??0)+(t[o+n]??0)*c+255*(1-c)}}const hb=/* @__PURE__ */ new Set([`ImageBitmap`,`HTMLImageElement`,`SVGImageElement`,`HTMLCanvasElement`,`OffscreenCanvas`,`HTMLVideoElement`,`VideoFrame`]),gb=/* @__PURE__ */ new Set([`Uint8Array`,`Uint8ClampedArray`]),_b=[`srgb`,`display-p3`],vb=e=>Object.prototype.toString.call(e).slice(8,-1);async function yb(e,t){let n=vb(e);if(n===`Blob`||n===`File`)return bb(e,t);if(hb.has(n))return xb(e,n,t);if(typeof e==`object`&&e&&`data`in e)return Sb(e,t);let r=n===`String`?`it is no address: fetch it and pass the Blob`:gb.has(n)||n===`ArrayBuffer`?`pass new Blob([bytes]) for a picture file, { data, width, height } for RGBA bytes`:`pass an ImageBitmap, ImageData, an <img>, <canvas> or <video>, a VideoFrame, a File or Blob, or { data, width, height } of RGBA bytes`;throw new i(`image`,`the picture is ${n===`Object`?`an object without data`:n}: ${r}`)}function bb(e,t){let r;return{async open(){n(typeof createImageBitmap==`function`,`image`,`this host decodes no picture files: pass { data, width, height } of RGBA bytes`),r=await createImageBitmap(e).catch(t=>{let n=e.type||`a file of unknown type`;throw new i(`image`,`the picture (${n}, ${e.size} bytes) cannot be decoded: pass a PNG, JPEG, WebP or AVIF file`,{cause:t})});let a=r;return r=await Eb(a,a,t),r!==a&&a.close(),r},close:()=>r?.close()}}async function xb(e,t,n){let r=wb(e);Tb(r,t===`ImageBitmap`||t===`VideoFrame`?`it was closed: close it when invert has ended`:`wait until it is loaded (image.decode()) and check the file`);let i=await Eb(e,r,n);return{open:async()=>i,close:()=>i===e?void 0:i.close()}}async function Sb(e,t){let{width:r,height:i,data:a}=e;Tb(e,`pass its width and height in pixels`);let o=vb(a),s=o===`Float16Array`&&vb(e)===`ImageData`;n(gb.has(o)||s,`image`,()=>`the picture's data is ${o}, RGBA bytes are needed: pass a Uint8ClampedArray of values from 0 to 255`);let c=4*r*i;n(a.length===c,`image`,()=>`the picture has ${a.length} bytes, ${r}×${i} RGBA pixels are ${c}: pass 4 bytes a pixel`);let{colorSpace:l=`srgb`}=e;if(n(_b.includes(l),`image`,()=>`the picture's colorSpace is "${l}", expected ${_b.join(` or `)}`),l!==`srgb`||s){let n=Cb(e,l),r=await Eb(n,e,t);return r!==n&&n.close(),{open:async()=>r,close:()=>r.close()}}let u=pb(a,[r,i],t.maxSide);return kb(e,u,t),{open:async()=>u,close:()=>void 0}}function Cb(e,t){let{width:r,height:i}=e,a=typeof OffscreenCanvas==`function`?new OffscreenCanvas(r,i).getContext(`2d`):null;n(a,`image`,()=>`this host converts no ${t} pictures: pass RGBA bytes in srgb`);let o=vb(e)===`ImageData`?e:new ImageData(Uint8ClampedArray.from(e.data),r,i,{colorSpace:t});return a.putImageData(o,0,0),a.canvas.transferToImageBitmap()}function wb(e){if(`naturalWidth`in e)return{width:e.naturalWidth,height:e.naturalHeight};if(`videoWidth`in e)return{width:e.videoWidth,height:e.videoHeight};if(`displayWidth`in e)return{width:e.displayWidth,height:e.displayHeight};if(`baseVal`in Object(e.width)){let{width:t,height:n}=e;return{width:Math.round(t.baseVal.value),height:Math.round(n.baseVal.value)}}return e}function Tb({width:e,height:t},r){n(Number.isInteger(e)&&Number.isInteger(t)&&e>0&&t>0,`image`,()=>`the picture is ${e}×${t} px, it needs at least 1×1: ${r}`)}async function Eb(e,{width:t,height:r},a){let o={width:fb(t,a.maxSide),height:fb(r,a.maxSide)},s=o.width===t&&o.height===r;if(s&&vb(e)===`ImageBitmap`)return e;n(typeof createImageBitmap==`function`,`image`,`this host reads no pictures of a browser: pass { data, width, height } of RGBA bytes`);let c={resizeWidth:o.width,resizeHeight:o.height,resizeQuality:`high`},l=await createImageBitmap(e,s?{}:c).catch(t=>{let n=/(HTML|SVG)Image/.test(vb(e))?Db(e,o):null;if(n)return n;throw new i(`image`,`the picture cannot be read (${Ob(t)}): check its file`,{cause:t})});return kb({width:t,height:r},o,a),l}function Db(e,{width:t,height:n}){let r=typeof OffscreenCanvas==`function`?new OffscreenCanvas(t,n).getContext(`2d`):null;return r?.drawImage(e,0,0,t,n),r?.canvas.transferToImageBitmap()??null}const Ob=e=>e instanceof Error?e.message:String(e);function kb(e,t,{maxSide:n,onWarning:r}){(e.width!==t.width||e.height!==t.height)&&r(`the picture of ${e.width}×${e.height} px was scaled down to ${t.width}×${t.height}: this GPU takes at most ${n}×${n}`)}var Ab=class e{#e;#t;#n;#r;#i;constructor(e,t,n){this.#e=e,this.#t=t,this.#n=n}static async create(t,n=e=>console.warn(e)){let{inputSize:r,cropRows:i}=t.network.architecture,a=new E(`resize photo`);return ib(a,{texture:`photo`,size:r,rows:i,output:t.network.state.x}),new e(t,await t.runtime.compile([a]),n)}take(e){let t=this.#e.device.limits.maxTextureDimension2D;return yb(e,{maxSide:t,onWarning:this.#n})}async load(e){await this.#a(e,this.#t)}async loadTarget(e,t){let{runtime:n,network:r}=this.#e;if(!this.#i){let e=new E(`resize whole`);ib(e,{texture:`photo`,size:r.architecture.size,rows:t.rows,output:t.target}),this.#i=await n.compile([e])}await this.#a(e,this.#i)}async#a(e,t){let{device:n}=this.#e,r=await e.open(),i=await this.#s(r.width,r.height);await this.#o(r,i);for(let e of t.executables)e.bindTextures(n,{photo:i}),e.submit(n)}async#o(e,t){let{device:n}=this.#e,{width:r,height:i}=e;n.pushErrorScope(`validation`);let a;try{if(`data`in e){let a={bytesPerRow:4*r,rowsPerImage:i};n.queue.writeTexture({texture:t},e.data,a,[r,i])}else{let a={texture:t,premultipliedAlpha:!1,colorSpace:`srgb`};n.queue.copyExternalImageToTexture({source:e},a,[r,i])}}catch(e){a=e}let o=n.popErrorScope(),s=a??await o;if(s)throw jb(s)}async#s(e,t){if(this.#r?.width===e&&this.#r.height===t)return this.#r;let{buffers:n}=this.#e;return this.#r&&n.release([this.#r]),this.#r=void 0,this.#r=await n.createTexture(`picture`,e,t),this.#r}};function jb(e){let t=e instanceof Error?e.name:``,[n=``]=(e instanceof Error||e instanceof GPUError?e.message:String(e)).split(`
`),r=t===`SecurityError`?`a page may only read images of its own origin or with CORS`:t===`InvalidStateError`?`it was closed or moved elsewhere: close it when invert has ended`:`${n}; pass { data, width, height } of RGBA bytes`;return new i(`image`,`the picture cannot be read: ${r}`,{cause:e})}const Mb=1.25,Nb=e=>({state:`skipped`,why:e,expected:[],measured:[],seconds:0});function Pb(e,t,n){let r=e.findIndex((e,n)=>{let r=(t[n]??NaN)/e;return!(r<=Mb&&r>=1/Mb)}),i=e=>(e??NaN).toPrecision(3),a=r<0?``:`y_${r} has an error of ${i(t[r])} instead of ${i(e[r])}`;return{state:r<0?`passed`:`failed`,why:a,expected:e,measured:t,seconds:n}}async function Fb(t,n,r,a){if(!r)return Nb(`the model has no sample picture with expected errors`);let{network:o}=t;if(!o.encoder)return Nb(`the model has no W encoder`);let s=performance.now();try{let e=r.errors.slice(0,o.hypernetwork?2:1);return Pb(e,await t.exclusive(()=>Ib(t,n,r,e.length),{signal:a}),(performance.now()-s)/1e3)}catch(t){if(e(a),t instanceof i&&t.code===`image`)return Nb(t.message);throw t}}async function Ib(e,t,{name:r,picture:i},a){n(typeof createImageBitmap==`function`,`image`,()=>`${r} cannot be decoded here: there is no createImageBitmap`);let o=await t.take(new Blob([i]));try{await t.load(o)}finally{o.close()}for(let t=0;t<a;t++)t===0?e.start():e.step(),e.keepError(t);return[...(await e.read(e.network.state.errors)).subarray(0,a)]}async function Lb(t,n){let r=async e=>nt(ma(await eb.inPieces(t,e))),i=await Rd(n,r);try{e(n.signal);let a=n.sampleCheck??!i.facts.software,o=a?await t.sample?.(n.signal):void 0,s=async s=>(Ld(i,await r(s)),e(n.signal),Rb({...i,facts:s},t,a?{sample:o}:void 0,n)),c=await s(i.facts);return c.report.sample.state===`failed`?await zb(c,i,s,n):c}catch(e){throw i.owned&&i.device.destroy(),e}}async function Rb(e,t,n,r){let{signal:i,onWarning:a}=r,o=new Pp(t),s=await tb.load(o.source,e,r);try{let e=await o.mark(),t=Promise.all([ub.create(s),Ab.create(s,a)]),[c,l]=await s.runtime.life.wait(t,{signal:i}),u=r.sampleCheck===!1?`sampleCheck is false`:`on CPU adapters it takes too long, unless asked for`,d=n?await Fb(s,l,n.sample,i):Nb(u);return{engine:s,pictures:c,reader:l,mark:e,report:{...s.kernels,sample:d}}}catch(e){throw s.runtime.release(),e}}async function zb(e,{adapterName:t,facts:n},r,{onWarning:a=console.warn}){e.engine.runtime.release();let{sample:o,rungs:s}=e.report,c=`a sample picture comes out wrong on ${t} (${o.why}) with the kernels ${s.join(`, `)}: the simplest kernels run instead, which are slower; update the graphics driver`;a(c);let l=await r({...n,forced:`direct`,forcedUp:void 0,precision:`f32`});if(l.report.sample.state!==`failed`)return{...l,report:{...l.report,warnings:[c,...l.report.warnings]}};throw l.engine.runtime.release(),new i(`device`,`a sample picture comes out wrong on ${t} with every kernel (${l.report.sample.why}): update the graphics driver, or load with sampleCheck: false to use it all the same`)}function Bb(e,t){n(t.length>0,`option`,`a mix of nobody: name at least one person`);let r=e.latentCount*e.styleDim,i=new Float32Array(r);for(let[r,{person:a,weight:o,latentWeight:s=o}]of t.entries())n(Number.isFinite(o)&&Number.isFinite(s),`option`,()=>`mix: the weight of person ${r} is ${Number.isFinite(o)?s:o}, expected a number`),Ke(`mix: person ${r}`,a.base,e),a.base.forEach((e,t)=>{i[t]=(i[t]??0)+s*e});for(let[n,{person:r,rows:a}]of t.entries()){if(!a)continue;We(`mix: person ${n}`,a,e);let[t,o]=a.map(t=>t*e.styleDim);i.set(r.base.subarray(t,o),t)}return{latents:i,weights:t.map(t=>Vb(e.layers,t))}}function Vb(e,{weight:t,strength:n}){return xe(e,n).map(e=>t*e)}function Hb(e,t,n){return e.map(({layers:e,size:r},i)=>{let a=new Float32Array(e.length*r);return t.forEach((t,o)=>{a.forEach((s,c)=>{let l=n[o]?.[e[Math.floor(c/r)]??-1]??0;a[c]=s+l*(t[i]?.[c]??0)})}),a})}function Ub({hypernetwork:e,sums:t}){if(!e)return[];let n=e.groups.map(({layers:e},n)=>({layers:e,size:S(t[n]?.shape??[])/e.length})),r=e.groups.flatMap(({kind:e,layers:t})=>e===`separable`?t:[]),i=t.slice(n.length).map((e,t)=>({layers:r.slice(t,t+1),size:S(e.shape)}));return[...n,...i]}async function Wb(e,r){n(Array.isArray(r),`option`,()=>`mix got ${t(r)}, expected a list of {person, weight}`);for(let[t,n]of r.entries())q.ensureOf(e,`mix: person ${t}`,n?.person);let i=[];for(let{person:e,step:t}of r)i.push(om(await e.values(),t));let a=r.map((e,t)=>({...e,person:i[t]??{base:/* @__PURE__ */ new Float32Array}})),{latents:o,weights:s}=Bb(e.space,a);return{base:o,sums:Hb(Ub(e.engine.network),i.map(e=>e.sums),s),steps:Math.max(...i.map(({steps:e})=>e))}}async function Gb(e){let t=await yb(e,{maxSide:2**53-1,onWarning:()=>void 0});try{let e=await t.open();return`data`in e?e:qb(e)}finally{t.close()}}const Kb=2048;function qb(e){let{width:t,height:r}=e,i=new OffscreenCanvas(Math.min(t,Kb),Math.min(r,Kb)),a=i.getContext(`2d`,{willReadFrequently:!0});n(a,`image`,()=>`this browser gives no canvas of ${i.width}×${i.height} px: close other pages`),a.fillStyle=`#fff`;let o=new Uint8ClampedArray(4*t*r);for(let n=0;n<r;n+=i.height)for(let s=0;s<t;s+=i.width){let[c,l]=[Math.min(i.width,t-s),Math.min(i.height,r-n)];a.fillRect(0,0,c,l),a.drawImage(e,s,n,c,l,0,0,c,l);let u=a.getImageData(0,0,c,l).data;for(let e=0;e<l;e++)o.set(u.subarray(4*e*c,4*(e+1)*c),4*((n+e)*t+s))}return{data:o,width:t,height:r}}const Jb=[`auto`,`centre`,`none`];function Yb(e){n(e===void 0||Jb.includes(e)||Array.isArray(e),`option`,()=>`align is ${t(e)}, expected "auto", "centre", "none" or a square [[x, y] × 4]`)}var Xb=class{#e;#t;#n;#r;#i;constructor(e,t,{faces:n=`/models/faces/`,onWarning:r=console.warn}){this.#e=e,this.#t=t,this.#n=n,this.#r=r}#a(){if(this.#i)return this.#i;let e=import(`./face-finder-CNnUfNUY.js`).then(({FaceFinder:e})=>e.mount(this.#n,this.#e));return e.catch(()=>{this.#i=void 0}),this.#i=e,e}async find(e,t){return(await this.#a()).find(e,t)}async cut(e,t){let n=await Gb(e);if(t===`none`)return await this.#u(n),{picture:n,cut:void 0};let r=await(t===`centre`||t===`auto`&&this.#o()?this.#l(n):this.#s(n,t));return{picture:r.picture,cut:r}}#o(){return this.#t.cropRows!==null}async#s(e,t){let[n,{smallFaceWarning:r}]=await Promise.all([this.#a(),import(`./advice-DKULUIX2.js`).then(e=>e.t)]),i=t===`auto`?await this.#c(e):t,a=await n.align(e,i,{size:this.#t.size}),o=r(a.plan.quad,this.#t.inputSize);return o&&this.#r(o),a}async#c(e){let{faces:t,others:r,warnings:i}=await this.find(e,{most:1});for(let e of i)this.#r(e);let[a]=t;n(a,`image`,`no face was found in the photo: take one that shows a face upright and at least 1/25 of its longer side, or pass align: [[x, y] × 4]`),r>0&&this.#r(`the photo shows ${r+1} faces, the largest is inverted: for another one pass its quad as align (findFaces lists all)`);for(let e of a.warnings)this.#r(e);return a.quad}async#l(e){let[{centreSquare:t},{centrePlacement:n}]=await Promise.all([import(`./centre-square-BuvhFMXL.js`),import(`./placement-Cbi8u9Np.js`)]),[r,i]=Ve(this.#t),a={width:this.#t.size,height:i-r};return{picture:t(e,a.width/a.height),placement:n(e,a)}}async#u(e){if(this.#o())return;let{misalignment:t,MISALIGNED:n}=await import(`./alignment-DOaFtEGq.js`),{faces:r}=await(await this.#a()).find(e,{small:`never`,most:1}),[i]=r,a=i?t(i.quad,e):0;a>n&&this.#r(`the picture does not look aligned: its face's square is ${Math.round(100*a)} % away from the picture's corners; pass align: 'auto'`)}dispose(){this.#i?.then(e=>e.dispose()).catch(()=>void 0),this.#i=void 0}};async function Zb(e,{minUniformBufferOffsetAlignment:t}){let n=[...e.graphs.values()],r=tt(n).slots.map(Je),i=ha(e).map(e=>Je(C(e))),a=nh(t),o=new th(e.plan.prepare,ga(e),a);await e.plan.rehearse(o),await o.finish();let s=$b(r)+$b(rt(n,t));return{weights:$b(i),activations:s,loading:a.peak,buffers:[...i,...r,...Qb(a.peak)]}}function Qb(e){let t=2**24;return Array.from({length:Math.ceil(e/t)},(n,r)=>Math.min(t,e-r*t))}const $b=e=>e.reduce((e,t)=>e+t,0),ex={channels:64,side:64,runs:3};async function tx(e,t={}){Ud(e),Hd(`preflight`,t);let{gpu:n,kernels:r,precision:a,signal:o}=t,s=await Rl(e,{signal:o}),c=await va(Rd({gpu:n,kernels:r,precision:a},async e=>nt(ma(await eb.inPieces(s,e)))),{signal:o,discard:({device:e})=>e.destroy()}),l=new dv(c.device);try{return await l.wait(nx(s,c),{signal:o})}finally{l.end(new i(`device`,`this preflight is over`)),c.device.destroy()}}async function nx(e,t){let{device:n,facts:r,adapterName:i}=t,a=await eb.inPieces(e,r),o=await Zb(a,n.limits),s=await ox(n,r),c=await ax(t,o.buffers);return{name:e.name,adapter:i,downloadBytes:e.totalBytes,weightBytes:o.weights,activationBytes:o.activations,peakBytes:o.weights+o.activations+o.loading,fits:c===void 0,problem:c,inversionSeconds:ix(a)/s}}const rx=e=>e.reduce((e,t)=>e+t,0);function ix({graphs:e}){let t=t=>rx(t.map(t=>e.get(t)?.flops??0));return t(qm.start)+5*t(qm.step)}async function ax(e,t){let n=new $_(e.device);try{Ld(e,Math.max(...t)),await n.create(t.map((e,t)=>({label:`preflight ${t}`,bytes:e})));return}catch(e){if(e instanceof i)return e.message;throw e}finally{n.destroy()}}async function ox(e,t){let{channels:n,side:r,runs:i}=ex,a=new $_(e),o=new E(`trial weights`),s=new E(`trial`),c=w(`trial input`,[n,r,r]),l=ir(o,{label:`trial`,weight:w(`trial weight`,[1,n,3,3,n]),spatial:[r,r],facts:t}),u=w(`trial output`,c.shape);for(let e=0;e<i;e++)I(s,{label:`trial`,input:c,weight:l,output:u});try{await a.allocate([...o.persistentTensors(),...s.persistentTensors()]);let{executables:t}=await sv(a,new X_(e),[o,s]),n=1/0;for(let r=0;r<i;r++){let r=performance.now();for(let n of t)n.submit(e);await e.queue.onSubmittedWorkDone(),n=Math.min(n,performance.now()-r)}return s.flops/n*1e3}finally{a.destroy()}}var sx=class{#e;#t=()=>void 0;#n=()=>void 0;offer(e){this.#e=e;let t=new Promise(e=>{this.#n=e});return this.#t(),t}async next(e){if(!this.#e){let t=new Promise(e=>{this.#t=e});this.#n(),await Promise.race([t,e])}let t=this.#e;return this.#e=void 0,t}release(){this.#n(),this.offer=async()=>void 0}};function cx(e,t,n={}){let r=new AbortController,i=n.signal?AbortSignal.any([n.signal,r.signal]):r.signal,a=new sx,o=!1,s,c=()=>(s??=e.invert(t,{...n,signal:i,onStep:e=>o?a.offer(e):void 0}),s.catch(()=>void 0),s);return{get person(){return c()},async*[Symbol.asyncIterator](){o=!0;let e=!1;try{let t=c();for(;;){let e=await a.next(t.catch(()=>void 0));if(!e)break;yield e}await t,e=!0}finally{a.release(),e||(r.abort(),s?.then(e=>e.dispose()).catch(()=>void 0))}}}}function lx(e,t,n,r=1){return Float32Array.of(t/(1-n[0]**e),1/Math.sqrt(1-n[1]**e),r)}function ux(e,t){let{rate:n,rampDown:r,rampUp:i,noise:a,noiseLength:o}=t,s=e/t.steps;return{rate:n*(.5-.5*Math.cos(Math.PI*Math.min(1,(1-s)/r)))*Math.min(1,s/i),noise:a*Math.max(0,1-s/o)**2}}const dx={steps:450,rate:.01,rampDown:.25,rampUp:.05,noise:.05,noiseLength:.75,seed:123};function fx(e,t,n,r){let a=Object.entries(n).find(([,e])=>!Number.isFinite(e));if(!a)return;let[o,s]=a;throw new i(`loss`,`${e}: the loss "${o}" is ${s} after ${t} steps; ${r}`)}async function px({network:t,mounted:n,newTarget:r},i,a,o,s,c){let{w:l,shake:u,losses:d,numbers:f}=t.state,p=S(l.shape);n.run(`forget`),r(),n.write(l,a.slice(0,p));for(let r=0;;r++){e(c.signal);let m=r===o.steps||c.stop?.aborted===!0,{rate:h,noise:g}=ux(r,o),_=g*s,ee=m||_===0?new Float32Array(p):vd(o.seed+r,p);n.write(u,ee.map(e=>e*_)),n.runFrom(`step`,0,t.forward);let v=t.terms.read(await i.read(d));if(fx(`optimise`,r,v,`lower the rate`),await c.onStep(r,v),m)return{latents:mx(await i.read(l),a.length),steps:r,losses:v};n.write(f,t.adam.numbersOf(r+1,h)),n.runFrom(`step`,t.forward)}}function mx(e,t){return Float32Array.from({length:t},(t,n)=>e[n%e.length]??0)}async function hx(e,t){let{state:n,architecture:r}=e.network,{styleDim:i}=r;e.write(n.psi,Float32Array.of(1));let a=[];for(let r=0;r<600;r++)e.write(n.z,vd(t+r,i)),e.run(`map`),a.push((await e.read(n.base)).slice(0,i));let o=Float64Array.from({length:i},(e,t)=>a.reduce((e,n)=>e+(n[t]??0),0)/600),s=e=>e.reduce((e,t,n)=>e+(t-(o[n]??0))**2,0);return Math.sqrt(a.reduce((e,t)=>e+s(t),0)/600)}function gx(e,t,n){let r=t.map((t,n)=>t-(e[n]??0)),i=0;for(let e of r)i+=e*e;let a=i>0?n/Math.sqrt(i):0;return Float32Array.from(e,(e,t)=>e+a*(r[t]??0))}const _x={steps:350,rate:3e-4,stopAt:.06,psi:.5,ball:30,seed:1,keepEvery:10};var vx=class extends Error{steps;constructor(e,t){super(`a loss is no number`,{cause:e}),this.steps=t}};function yx({adam:e}){return e.slots.flatMap(({parameter:e,first:t,second:n})=>[e,t,n])}async function bx({network:t,mounted:n,newTarget:r},i,a,o,s){let{runtime:c}=i,{losses:l,latents:u,numbers:d}=t.state;r(),xx({network:t,mounted:n},i,a),n.write(u,a.latents);let f=t.localised?await Cx(t,i,a.latents,o):void 0,p=a.saved?.steps??0;for(let r=p;;r++){e(s.signal),await f?.(r),n.runFrom(`step`,0,t.forward);let i=t.terms.read(await c.read(l));try{fx(`pivot`,r,i,`lower the rate; the state of step ${p} is kept`)}catch(e){throw n.run(`recall`),new vx(e,p)}let a=Sx(r,i,o,s);if((a||r===p||r%o.keepEvery===0)&&(n.run(`keep`),p=r),await s.onStep(r,i),a)return{steps:r,losses:i,ended:a};n.write(d,t.adam.numbersOf(r+1,o.rate)),n.runFrom(`step`,t.forward)}}function xx({network:e,mounted:t},n,{sums:r,saved:i}){if(t.run(`begin`),i)for(let n of yx(e)){let e=i.tensors.get(n.name);e&&t.write(n,e)}else r&&(n.activate([{sums:r,weight:()=>1}]),t.run(`bake`))}function Sx(e,t,{steps:n,stopAt:r},{stop:i}){let a=t.lpips??t.l2??1/0;return e>=n?`steps`:a<=r?`loss`:i?.aborted?`stop`:void 0}async function Cx(e,t,n,{psi:r,ball:i,seed:a}){let{state:o,architecture:s}=t.network,{runtime:c}=t;return t.run(`unedited`,`untune`),async l=>{t.write(o.z,vd(a+l,s.styleDim)),t.write(o.psi,Float32Array.of(r)),t.run(`map`);let u=gx(n,await t.read(o.base),i);t.write(o.base,u),t.write(e.state.near,u),t.run(`noNoise`,`style`,`demodulate`,`synthesize`,`storedNoise`),c.copy(t.buffers.of(o.y),t.buffers.of(e.state.before),C(o.y))}}function wx(e,t){T(`scaleMap "${t.label}"`,`strength`,t.strength,[1]);let n=x(t.map,[1,...t.map.shape]),r=x(pm(e,{label:t.label,input:n,scale:{tensor:t.strength,offset:0}}),t.map.shape);return e.pullback?.({op:`scaleMap`,args:t,output:r}),r}const Tx=/^decoder\.(style|noises)\.|^latent_avg$/,Ex=e=>e.startsWith(`decoder.`)&&!Tx.test(e);var Dx=class extends ym{tuned=/* @__PURE__ */ new Map;#e=/* @__PURE__ */ new Map;#t;#n;constructor(e,t,n){super(e,t),this.#t=t,this.#n=n}plain(e,t){let n=t?super.plain(e,t):super.plain(e);return Ex(e)?this.#r(n,e=>w(e,n.shape)):n}concat(e,t){let n=super.concat(e,t);return this.#r(n,e=>w(e,n.shape))}conv(e,t){let n=super.conv(e,t);return this.#r(n,e=>this.#t.transient(e,n.shape))}of(e){let t=this.tuned.get(e);return n(t,`tensor`,()=>`the generator has no weights "${e}" to begin with`),t}#r(e,t){let n=this.#e.get(e.name);if(n)return n;let r=w(`${e.name} moved`,e.shape),i=t(`${e.name} of a person`);this.tuned.set(e.name,{origin:e,moved:r}),this.#e.set(e.name,i),J(this.#t,{a:e,target:L(i),keep:!1});let a=[1,S(e.shape)],o=L(this.#n);return Vy(this.#t,{label:e.name,sums:x(r,a),active:x(i,a),weights:o}),i}},Ox=class extends ym{#e;#t;constructor(e,t,n){super(e.infos,t),this.#e=e,this.#t=n}plain(e,t){let n=this.#e.plain(e,t);return Ex(e)?this.#t?t?super.plain(e,t):super.plain(e):this.#e.of(e).origin:n}concat(e,t){return this.#t?super.concat(e,t):this.#e.of(e).origin}conv(e,t){return this.#t?super.conv(e,t):this.#e.of(e).origin}derive(...e){return this.#e.derive(...e)}},kx=class{name=`generator of a person`;plan;sizes;facts;generator;state;graphs;constructor(e,t,n){let[r,i]=[new E(`apply`),new E(`style`)],[a,o]=[new E(`demodulate`),new E(`synthesize`)],s=w(`strength`,[1]);this.sizes=t,this.facts={...n,precision:`f32`},this.plan=new Dx(e,r,s);let c=t.latentCount*2,l=Array.from({length:c},(e,t)=>t);this.generator=new ji(this.plan,{sizes:t,facts:this.facts,tunedLayers:l,prefix:`decoder`});let{generator:u}=this,d=[t.latentCount,t.styleDim];this.state={strength:s,base:w(`codes of a person`,d),offset:w(`latent offset of a person`,d),latents:w(`latents of a person`,d),styleOffset:w(`style offset of a person`,u.styles.shape),styles:u.styles,y:w(`y of a person`,[3,t.size,t.size])};let{base:f,offset:p,latents:m,styleOffset:h,y:g}=this.state;u.recordWeights(r,u.layers),Hr(i,{label:`edits`,base:f,added:p,output:m}),u.recordStyles(i,m,h),u.recordDemodulation(a);let _=u.noiseStrengths(),ee=u.noiseMaps().flatMap((e,t)=>{let n=_[t];return n?[wx(o,{label:`noise ${t}`,map:e,strength:n})]:[]});u.recordSynthesis(o,ee,g),this.graphs=/* @__PURE__ */ new Map([[`apply`,r],[`style`,i],[`demodulate`,a],[`synthesize`,o]])}};function Ax(e,t){let{label:n,input:r,target:i}=t;T(`squaredLoss "${n}"`,`target`,i,r.shape);let a=fm(e,n,Y(e,{label:n,a:r,by:`difference`,b:i,factor:1/S(r.shape)}),[1]);return e.pullback?.({op:`squaredLoss`,args:t,output:a}),a}function jx(e,t){let{label:n,input:r,target:i}=t;T(`gradientLoss "${n}"`,`target`,i,r.shape);let[a,o,s]=[P(r,0),P(r,1),P(r,2)],c=a*o,l=e.transient(`${n} rows`,[1,c]);e.add(un({op:`gradientLoss`,label:`${n} [${r.shape}]`,shader:`gradient_loss`,uniforms:[O(`rows`,c),O(`height`,o),O(`width`,s)],bindings:[A(r),A(i),j(l)],flops:8*c*s},c));let u=Y(e,{label:n,a:l,by:`one`,factor:1/(c*s)});return e.pullback?.({op:`gradientLoss`,args:t,output:u}),u}function Mx(e,t){let{label:n,input:r,target:i,weights:a}=t,{channels:o,pixels:s}=dn(r);T(`lpips "${n}"`,`target`,i,r.shape),T(`lpips "${n}"`,`weights`,a,[o]);let c=e.transient(`${n} distances`,[1,s]);e.add(F({op:`lpipsTap`,label:`${n} [${r.shape}]`,shader:`lpips_tap`,parts:[`lpips_tap`],uniforms:[O(`channels`,o),O(`pixels`,s)],bindings:[A(r),A(i),A(a),j(c)],flops:8*o*s},s));let l=Y(e,{label:n,a:c,by:`one`,factor:1/s});return e.pullback?.({op:`lpipsTap`,args:t,output:l}),l}function Nx(e,t){let{map:n,label:r}=t,[i,a]=[P(n,0),P(n,1)],o=e.transient(`${r} roll sums`,[2,i]);e.add(un({op:`noiseLoss`,label:`${r} ${i}×${a}`,shader:`roll_sums`,uniforms:[O(`rows`,i),O(`width`,a)],bindings:[A(n),j(o)]},i));let s=Y(e,{label:r,a:o,by:`one`,factor:1/(i*a)}),c=Y(e,{label:r,a:x(s,[1,2]),by:`variance`});return e.pullback?.({op:`noiseLoss`,args:t,output:c,also:[s]}),c}function Px(e,t){let{a:n,b:r,label:i}=t;T(`sum "${i}"`,`b`,r,n.shape);let a=e.transient(`${i} sum`,n.shape);return J(e,{a:n,b:r,target:{tensor:a,offset:0},keep:!1}),e.pullback?.({op:`sum`,args:t,output:a}),a}function Fx(e,t){let[n,...r]=t.flatMap((t,n)=>Ix(e,t).map(t=>Nx(e,{label:`noise ${n}`,map:t})));return n&&r.reduce((t,n)=>Px(e,{label:`noise loss`,a:t,b:n}),n)}function Ix(e,t){let[n=0,r=0]=t.shape;if(n<=8)return[t];let[i,a]=[n/2,r/2];return[t,...Ix(e,x(Yt(e,{label:`noise level`,input:x(t,[1,n,r]),height:i,width:a}),[i,a]))]}const Lx=(e,t)=>e.gradient(t)??um(e.g,e.g.transient(`no gradient of ${t.name}`,t.shape),0),Rx={inputs:({args:e})=>[e.weight,e.bias],outputs:({output:e,also:t=[]})=>[e,...t],pull(e,{args:{weight:t,bias:r,mean:i,variance:a,label:o},output:s,also:c=[]}){let[l]=c;n(l,`shader`,`batchNormFold: its gradient needs both results`);let u=P(t,0),[d,f]=[`weight`,`bias`].map(t=>e.g.transient(`${o} ${t} gradient`,[u]));d&&f&&(e.g.add(F({op:`batchNormFoldBackward`,label:o,shader:`batch_norm_fold_backward`,uniforms:[O(`channels`,u),k(`eps`,gm)],bindings:[A(Lx(e,s)),A(Lx(e,l)),A(i),A(a),j(d),j(f)]},u)),e.give(t,d),e.give(r,f))}},zx={inputs:({args:e})=>[...e.inputs,e.weight,e.bias],outputs:({output:e,also:t=[]})=>[e,...t.slice(0,-2)],pull(e,{args:{inputs:t,weight:r,bias:i,label:a},output:o,also:s=[]}){let[c,l]=s.slice(-2);n(c&&l,`shader`,`batchNormTrain: its gradient needs the statistics`);let u=[o,...s.slice(0,-2)].map(t=>Lx(e,t)),d=P(r,0),f=um(e.g,e.g.transient(`${a} sums`,[d]),0),p=um(e.g,e.g.transient(`${a} moments`,[d]),0);u.forEach((n,r)=>{Y(e.g,{label:a,a:n,by:`one`,into:f}),Y(e.g,{label:a,a:n,by:`centred`,b:t[r],centre:c,into:p})});let m=t.length*dn(u[0]??r).pixels,h=e.g.transient(`${a} coefficients`,[3,d]),g=e.g.transient(`${a} weight gradient`,[d]);e.g.add(F({op:`batchNormBackward`,label:a,shader:`batch_norm_backward`,uniforms:[O(`channels`,d),k(`count`,m),k(`eps`,gm)],bindings:[...[r,c,l,f,p].map(e=>A(e)),j(h),j(g)]},d)),e.give(r,g),e.give(i,f),t.forEach((t,n)=>{let r=u[n];r&&e.wants(t)&&e.give(t,Bx(e.g,a,r,t,h))})}};function Bx(e,t,n,r,i){let{channels:a,pixels:o}=dn(n),s=e.transient(`${t} input gradient`,n.shape),c=[O(`count`,a*o),O(`pixels`,o),O(`channels`,a)],l=[A(n),A(r),A(i),j(s)];return e.add(F({op:`affinePair`,label:t,shader:`affine_pair`,uniforms:c,bindings:l},a*o)),s}const Vx=({tensor:e,keep:t})=>t?M(e):j(e);function Hx(e,t,{software:n}){let r=Math.min(Math.ceil(512/e),Math.floor(t/1024)),i=Math.ceil(t/(n?1:Math.max(1,r)));return{parts:Math.ceil(t/i),partPixels:i}}function Ux(e,t,{parts:n,partPixels:r}){let{channels:i,pixels:a}=dn(t.of);e.add({op:t.op,label:`${t.label} [${t.of.shape}]`,shader:t.shader,parts:[...t.parts??[],`tree_sum`],uniforms:[O(`channels`,i),O(`pixels`,a),O(`part_pixels`,r),...t.uniforms],bindings:t.bindings,grid:[i,n,1],flops:t.flops*i*a})}function Wx(e,t){let{input:n,label:r,scale:i,weight:a}=t,{channels:o,pixels:s}=dn(n),c=Hx(o,s,e.facts),l=e.g.transient(`${r} sums`,[c.parts,o,...t.sumShape]),u=e.wants(n)?e.into(n):{tensor:e.g.transient(`${r} unused`,n.shape),keep:!1};return Ux(e.g,{...t,parts:[`input_gradient`],of:n,uniforms:[O(`scale`,i.offset),O(`keep`,+!!u.keep)],bindings:[A(t.gradient),A(n),A(i.tensor),Vx(u),j(l),...a?[A(a)]:[]]},c),l}function Gx(e,t,{from:n,count:r,...i}){let a=e.g.transient(`${i.label} ${t.name} gradient`,t.shape),o=`${i.label} [${t.shape}]`;e.g.add(F({...i,label:o,bindings:[...n.map(A),j(a)]},r??S(t.shape))),e.give(t,a)}function Kx(e,t){let{activation:n,gradient:r,z:i}=t;if((n===void 0||n.kind===`none`)&&(n?.gain??1)===1)return r;let a=e.transient(`${t.label} before activation, gradient`,i.shape);return e.add(F({op:`activationBackward`,label:`${t.label} [${i.shape}]`,shader:`activation_backward`,parts:[`activation`],uniforms:fn(i,n),bindings:[A(n?.slopes??i),A(r),A(i),j(a)]},S(i.shape))),a}const qx={inputs:({args:e})=>[e.input,e.activation.slopes],pull(e,{args:t,output:n}){let r=e.gradient(n);if(!r)return;let{input:i,label:a}=t,{slopes:o,gain:s}=t.activation;e.wants(i)&&e.give(i,Kx(e.g,{label:a,gradient:r,z:i,activation:t.activation})),o&&e.wants(o)&&e.give(o,Y(e.g,{label:`${a} slopes`,a:r,by:`negative`,b:i,factor:s}))}},Jx={inputs:({args:e})=>[e.input],pull(e,{args:t,output:n}){let r=e.gradient(n);if(!r)return;let[i,a]=[P(t.input,0),P(t.input,1)],o=e.g.transient(`pixel norm gradient`,[i,a]);e.g.add(un({op:`pixelNormBackward`,label:`${i}×${a}`,shader:`pixel_norm_backward`,uniforms:[O(`rows`,i),O(`n`,a)],bindings:[A(t.input),A(r),j(o)]},i)),e.give(t.input,o)}},Yx={inputs:({args:e})=>[e.input,e.weight,e.bias,e.add],pull(e,{args:t,output:r}){let i=e.gradient(r);if(!i)return;let{activation:a,add:o,weight:s}=t,c=t.label??s.name,l=a===void 0||a.kind===`none`;n(s.dtype===`f32`&&(l||!o),`tensor`,()=>`linear "${c}": has a gradient with f32 weights, and without an activation before a sum`),o&&e.give(o,P(o,0)>1?i:fm(e.g,c,i,o.shape)),Xx(e,t,c,Kx(e.g,{label:c,gradient:i,z:r,activation:a}))}};function Xx(e,t,n,r){let{weight:i,input:a,bias:o,groups:s,weightScale:c=1}=t,[l,u,d]=[P(r,0),P(r,1),P(a,1)],f=(t.firstRow??0)*d,p=s?{batches:l,rows:1}:{rows:l};if(e.wants(a)){let t=mm(e.g,{label:`${n} to input`,...p,columns:d,depth:u,left:{tensor:r,batch:u,row:u,depth:1},right:{tensor:i,batch:u*d,depth:d,column:1},factor:c,output:e.g.transient(`${n} input gradient`,[l,d])});e.giveSlice({tensor:a,offset:f},t)}if(e.wants(i)){let t=s?{batches:l,rows:u,columns:d,depth:1}:{rows:u,columns:d,depth:l},o=mm(e.g,{label:`${n} to weight`,...t,left:{tensor:r,batch:u,row:1,depth:u},right:{tensor:a,first:f,batch:d,depth:d,column:1},factor:c,output:e.g.transient(`${n} weight gradient`,i.shape)});e.give(i,o)}o&&e.wants(o)&&e.give(o,fm(e.g,n,r,o.shape,t.biasScale))}const Zx={inputs:({args:e})=>[e.left.tensor,e.right.tensor,e.bias],pull(e,{args:t,output:n}){let r=e.gradient(n);if(!r)return;let{batches:i=1,rows:a,columns:o,depth:s,left:c,right:l,label:u}=t,d=t.steps??{batch:a*o,row:o,column:1},f={tensor:r,batch:d.batch};if(e.wants(c.tensor)){let t={batch:c.batch??0,row:c.row,column:c.depth};$x(e,c.tensor,i,t,(t,n)=>mm(e.g,{label:`${u} to left`,batches:i,rows:a,columns:s,depth:o,left:{...f,row:d.row,depth:d.column},right:{tensor:l.tensor,batch:l.batch,depth:l.column,column:l.depth},output:t,steps:n}))}if(e.wants(l.tensor)){let t={batch:l.batch??0,row:l.depth,column:l.column};$x(e,l.tensor,i,t,(t,n)=>mm(e.g,{label:`${u} to right`,batches:i,rows:s,columns:o,depth:a,left:{tensor:c.tensor,batch:c.batch,row:c.depth,depth:c.row},right:{...f,depth:d.row,column:d.column},output:t,steps:n}))}t.bias&&e.wants(t.bias)&&e.give(t.bias,Qx(e,t,t.bias,r))}};function Qx(e,{label:t,steps:r,columns:i},a,o){if(!r||r.column===1)return fm(e.g,t,o,a.shape);let s=S(o.shape)/i;return n(r.column===s,`shader`,()=>`product "${t}": columns lie neither side by side nor in one piece`),Y(e.g,{label:t,a:x(o,[i,s]),by:`one`})}function $x(e,t,n,r,i){if(r.batch>0||n===1){e.give(t,i(e.g.transient(`${t.name} gradient`,t.shape),r));return}let a=S(t.shape),o=e.g.transient(`${t.name} gradients`,[n,a]);e.give(t,fm(e.g,t.name,i(o,{...r,batch:a}),t.shape))}const eS={inputs:({args:e})=>[e.map,e.strength],pull(e,{args:{map:t,strength:n,label:r},output:i}){let a=e.gradient(i);if(!a)return;let o=[1,S(t.shape)],s=x(a,o);if(e.wants(t)){let i={tensor:n,offset:0};e.give(t,x(pm(e.g,{label:`${r} map`,input:s,scale:i}),t.shape))}e.wants(n)&&e.give(n,Y(e.g,{label:`${r} strength`,a:s,by:`centred`,b:x(t,o)}))}},tS={inputs:({args:e})=>[e.input,e.scale.tensor,e.shift.tensor],pull(e,{args:{input:t,scale:n,shift:r,label:i},output:a}){let o=e.gradient(a);o&&(e.wants(n.tensor)&&e.giveSlice(n,Y(e.g,{label:`${i} scale`,a:o,by:`centred`,b:t})),e.wants(r.tensor)&&e.giveSlice(r,Y(e.g,{label:`${i} shift`,a:o,by:`one`})),e.wants(t)&&e.give(t,pm(e.g,{label:i,input:o,scale:n})))}},nS={inputs:({args:e})=>[e.a,e.b],pull(e,{args:t,output:n}){let r=e.gradient(n);r&&(e.give(t.a,r),e.give(t.b,r))}},rS=e=>[e.inScale?.tensor,e.inShift?.tensor,e.outScale?.tensor,e.bias?.tensor,e.noise,e.residual];function iS(e,t,n,r){let{label:i,bias:a,noise:o,residual:s,outScale:c,activation:l}=t,u=a&&e.wants(a.tensor)||c&&e.wants(c.tensor)?aS(e,t,n,r):Kx(e.g,{label:i,gradient:r,z:n,activation:l});return o&&e.wants(o)&&e.give(o,fm(e.g,`${i} noise`,u,o.shape)),s&&e.wants(s)&&e.give(s,u),u}function aS(e,t,n,r){let{label:i,bias:a,noise:o,residual:s,outScale:c,activation:l}=t,{channels:u,pixels:d}=dn(n),f=Hx(u,d,e.facts),p=e.g.transient(`${i} before activation, gradient`,n.shape),m=e.g.transient(`${i} epilogue sums`,[f.parts,u,2]);Ux(e.g,{op:`epilogueBackward`,label:i,shader:`epilogue_backward`,of:n,uniforms:[O(`bias`,a?.offset??4294967295),O(`has_noise`,+!!o),O(`has_residual`,+!!s),k(`slope`,an(l)),k(`gain`,l?.gain??1)],bindings:[A(r),A(n),A(a?.tensor??n),A(o??n),A(s??n),j(p),j(m)],flops:8},f);let[h,g]=[e.g.transient(`${i} bias gradient`,[u]),e.g.transient(`${i} scale gradient`,[u])];return e.g.add(F({op:`epilogueSums`,label:`${i} ${u}`,shader:`epilogue_sums`,uniforms:[O(`channels`,u),O(`parts`,f.parts),O(`scale`,c?.offset??4294967295)],bindings:[A(m),A(c?.tensor??m),j(h),j(g)]},u)),a&&e.giveSlice(a,h),c&&e.giveSlice(c,g),p}const oS=(e,t)=>e.wants(t.input)||e.wants(t.inScale?.tensor)||e.wants(t.inShift?.tensor);function sS(e,t,n){let{input:r,inScale:i,inShift:a,label:o}=t;a&&e.wants(a.tensor)&&e.giveSlice(a,Y(e.g,{label:`${o} shift`,a:n,by:`one`}));let s=i!==void 0&&e.wants(i.tensor);if(s&&e.wants(r)){let t=Wx(e,{op:`scaleBackward`,label:o,shader:`scale_backward`,input:r,scale:i,gradient:n,sumShape:[],flops:4});e.giveSlice(i,cS(e.g,o,t))}else s?e.giveSlice(i,Y(e.g,{label:`${o} style`,a:n,by:`centred`,b:r})):e.wants(r)&&e.give(r,i?pm(e.g,{label:`${o} input`,input:n,scale:i}):n)}const cS=(e,t,n)=>P(n,0)===1?x(n,[P(n,1)]):fm(e,t,n,[P(n,1)]),lS=e=>S(e.shape)/P(e,0),uS=32*2**20;function dS(e,t,n,r=uS,i=1){let a=Math.max(64,Math.floor(r/(4*Math.max(t,n)))),o=Math.ceil(e/a),s=Math.ceil(e/o),c=i*Math.ceil(t/16*(n/16)),l=Math.max(1,Math.min(Math.ceil(256/c),Math.floor(s/64)));return{strips:o,parts:l,depth:Math.ceil(s/l)}}function fS(e){let t=e.channels??P(e.input,0),n=e.kernel**2;return{channels:t,taps:n,columns:n*xn(t,4)}}function pS(e,t){let[n,r]=[fS(t.left),fS(t.right)],[i,a]=[xn(n.columns,16),Sn(r.columns)],{strips:o,parts:s,depth:c}=dS(t.pixels,i,a,t.maxBytes),l=s*c,u=e.transient(`${t.label} left rows`,[l,i]),d=e.transient(`${t.label} right rows`,[l,a]),f=e.transient(`${t.label} parts`,[s,i,a]);for(let p=0;p<o;p++){let o={firstPixel:p*l,pixels:l,allPixels:t.pixels,label:t.label};hm(e,{...t.left,...o,output:u}),hm(e,{...t.right,...o,output:d}),e.add(wn({op:`filterGradient`,label:`${t.label} ${n.columns}×${r.columns} over ${l}`,left:u,right:d,output:f,batches:s,depth:c,rows:i,columns:a,flops:2*n.channels*n.taps*r.channels*r.taps*Math.min(l,t.pixels-p*l),kernel:At({...t.facts,precision:`f32`}),precision:`f32`})),mS(e,t,{products:f,ins:n,outs:r},p>0)}}function mS(e,t,{products:n,ins:r,outs:i},a){let{tensor:o,offset:s}=t.output;e.add(F({op:`sumParts`,label:`${t.label} ${r.columns}×${i.columns}`,shader:`sum_parts`,uniforms:[O(`parts`,P(n,0)),O(`in_channels`,r.channels),O(`out_channels`,i.channels),O(`row_taps`,r.taps),O(`column_taps`,i.taps),O(`padded_rows`,P(n,1)),O(`padded_quads`,P(n,2)/4),O(`offset`,s),O(`row_step`,t.rowStep),O(`keep`,+!!a)],bindings:[A(n),a?M(o):j(o)]},r.channels*r.taps*i.taps*Math.ceil(i.channels/4)))}function hS(e,t){let[n,r,i]=[P(t.weight,0),P(t.weight,1),P(t.weight,2)],a=P(t.weight,4),o=t.kept??a,s=e.transient(`${t.label} turned filter`,[n,o,i,i,r]),c=S(s.shape),l=t.first??0,u=[r,a,l,o].every(e=>e%4==0),d=u?4:1;return e.add(F({op:`turnFilter`,label:`${t.label} [${s.shape}]`,shader:u?`turn_filter_quads`:`turn_filter`,uniforms:[O(`count`,c/d**2),O(u?`input_quads`:`inputs`,r/d),O(`taps`,i**2),O(u?`output_quads`:`outputs`,a/d),O(`first`,l/d),O(`kept`,o/d),O(`flip`,+!!t.flip)],bindings:[A(t.weight),j(s)]},c/d**2)),s}const gS=32*2**20;function _S(e,t){let n={...e,spatial:[e.outHeight,e.outWidth]},r=e.padding===1&&e.outHeight===e.height&&e.outWidth===e.width,i=t.forced===void 0||t.forced===`winograd`,a=!t.distrusted?.has(`conv2d/winograd`);return yt(`conv2d`,`winograd`,n)&&r&&i&&a&&e.height*e.width>16}function vS(e,t){let{sizes:n,label:r}=t,[i,a]=[xn(n.inChannels,16),xn(n.outChannels,16)],o=Math.ceil(n.height/4)*(n.width/4),{strips:s,parts:c,depth:l}=dS(o,i,a,(t.maxBytes??gS)/36,36),u=c*l,d=e.transient(`${r} patches`,[36,u,i]),f=e.transient(`${r} tiles`,[36,u,a]),p=e.transient(`${r} products`,[36,c,i,a]),[m,h]=[{shader:`winograd_rows`,input:t.input,channels:n.inChannels,inScale:t.inScale,inShift:t.inShift},{shader:`winograd_gradient_rows`,input:t.gradient,channels:n.outChannels,inScale:t.outScale}];for(let g=0;g<s;g++){let s={label:r,sizes:n,firstTile:g*u,tiles:u};yS(e,{...s,...m,output:d}),yS(e,{...s,...h,output:f}),e.add(wn({op:`filterGradient`,label:`${r} ${n.inChannels}×${n.outChannels} over ${u} tiles`,left:d,right:f,output:p,batches:36*c,depth:l,rows:i,columns:a,flops:18*n.inChannels*n.outChannels*16*Math.min(u,o-g*u),kernel:At({...t.facts,precision:`f32`}),precision:`f32`})),bS(e,t,{products:p,parts:c,rows:i,columns:a},g>0)}}function yS(e,t){let{channels:n,tiles:r,output:i,sizes:a}=t,o=xn(n,16)/4;e.add({op:`winogradRows`,label:`${t.label} ${n} ${a.height}×${a.width}`,shader:t.shader,parts:[`tile_rows`,`in_vectors`,`winograd`,`spectrum`,...t.shader===`winograd_rows`?[`winograd_patch`]:[]],substitutions:gn(i),uniforms:[O(`channels`,n),O(`channel_quads`,o),O(`height`,a.height),O(`width_quads`,a.width/4),O(`first_tile`,t.firstTile),O(`tiles`,r),...sn(t)],bindings:[...on(t,t.input),A(t.input),j(i)],grid:N(r*o,64),flops:0})}function bS(e,{label:t,sizes:n,output:r},i,a){let o=n.outChannels/4;e.add({op:`winogradFilterGradient`,label:`${t} ${n.inChannels}→${n.outChannels}`,shader:`winograd_filter_gradient`,parts:[`winograd`],uniforms:[O(`in_channels`,n.inChannels),O(`out_quads`,o),O(`padded_in`,i.rows),O(`padded_quads`,i.columns/4),O(`parts`,i.parts),O(`keep`,+!!a)],bindings:[A(i.products),a?M(r):j(r)],grid:N(n.inChannels*o,64),flops:0})}const xS={inputs:({args:e})=>[e.input,SS(e),...rS(e)],pull(e,{args:t,output:n}){let r=e.gradient(n);if(!r)return;let i=iS(e,t,n,r),{input:a,label:o,weight:s}=t,c=or(`conv2d "${o}"`,s.shape,[P(a,1),P(a,2)],t),l={...t,weight:SS(t),sizes:c};e.wants(l.weight)&&e.give(l.weight,CS(e,l,i)),oS(e,t)&&sS(e,t,wS(e,l,i))}},SS=({weight:e})=>e.stored??e.tensor;function CS(e,t,n){let{input:r,label:i,sizes:a}=t,o=e.g.transient(`${i} filter gradient`,t.weight.shape);if(_S(a,e.facts))return vS(e.g,{...t,label:`${i} filter`,facts:e.facts,gradient:n,output:o}),o;let[s,c]=[a.inChannels/a.groups,a.outChannels/a.groups],l={outWidth:a.outWidth,kernel:a.kernel,stride:a.stride,padding:a.padding};for(let u=0;u<a.groups;u++)pS(e.g,{label:`${i} filter`,facts:e.facts,pixels:a.outHeight*a.outWidth,left:{input:r,firstChannel:u*s,channels:s,...l,inScale:t.inScale,inShift:t.inShift},right:{input:n,firstChannel:u*c,channels:c,outWidth:a.outWidth,kernel:1,stride:1,padding:0,inScale:t.outScale},output:{tensor:o,offset:u*s*a.kernel**2*c},rowStep:c});return o}function wS(e,t,n){let{sizes:r,label:i}=t,a=r.outHeight===r.height&&r.outWidth===r.width;if(r.stride!==1||2*r.padding!=r.kernel-1||!a)return TS(e,t,n);let o=ar(e.g,{label:`${i} back`,weight:hS(e.g,{label:i,weight:t.weight,flip:!0}),spatial:[r.height,r.width],facts:e.facts});return I(e.g,{label:`${i} back`,input:n,weight:o,inScale:t.outScale,padding:r.padding})}function TS(e,t,n){let{sizes:r,label:i,outScale:a}=t,o=e.g.transient(`${i} input gradient`,[r.inChannels,r.height,r.width]),s=S(o.shape);return e.g.add(F({op:`conv2dInputGradient`,label:`${i} ${r.outChannels}→${r.inChannels} ${r.height}×${r.width}`,shader:`conv2d_input_gradient`,uniforms:[...dr(r),O(`scale`,a?.offset??4294967295)],bindings:[A(n),A(t.weight),A(a?.tensor??n),j(o)],flops:2*(r.inChannels/r.groups)*r.outChannels*r.kernel**2*lS(n)},s)),o}const ES={inputs:({args:e})=>[e.input],pull(e,{args:{input:t,target:n,label:r},output:i}){let a=e.gradient(i);if(!a)return;let o=S(t.shape);Gx(e,t,{op:`squaredLossBackward`,label:r,shader:`squared_loss_backward`,uniforms:[O(`count`,o),k(`factor`,2/o)],from:[t,n,a]})}},DS={inputs:({args:e})=>[e.input],pull(e,{args:{input:t,target:n,label:r},output:i}){let a=e.gradient(i);if(!a)return;let o=S(t.shape),[s,c]=[P(t,1),P(t,2)];Gx(e,t,{op:`gradientLossBackward`,label:r,shader:`gradient_loss_backward`,uniforms:[O(`count`,o),O(`height`,s),O(`width`,c),k(`factor`,2/o)],from:[t,n,a],flops:10*o})}},OS={inputs:({args:e})=>[e.input],pull(e,{args:{input:t,target:n,weights:r,label:i},output:a}){let o=e.gradient(a);if(!o)return;let{channels:s,pixels:c}=dn(t),l=um(e.g,e.g.transient(`${i} even`,[1,c]),1/c),u=pm(e.g,{label:i,input:l,scale:{tensor:o,offset:0}});Gx(e,t,{op:`lpipsTapBackward`,label:i,shader:`lpips_tap_backward`,parts:[`lpips_tap`],uniforms:[O(`channels`,s),O(`pixels`,c)],from:[t,n,r,u],count:c,flops:12*s*c})}},kS={inputs:({args:e})=>[e.map],pull(e,{args:{map:t,label:r},output:i,also:a=[]}){let o=e.gradient(i),[s]=a;n(s,`shader`,`noiseLoss "${r}": its gradient needs both means`),o&&Gx(e,t,{op:`noiseLossBackward`,label:r,shader:`noise_loss_backward`,uniforms:[O(`height`,P(t,0)),O(`width`,P(t,1))],from:[t,s,o]})}},AS={inputs:({args:e})=>[e.theta,e.delta?.tensor],outputs:({args:e,output:t})=>[t,...e.energy?[e.energy.tensor]:[]],pull(e,{args:t,output:n}){let{theta:r,delta:i}=t,a=e.gradient(n),o=t.energy&&e.gradient(t.energy.tensor),{dtheta:s,ddelta:c}=jS(e.g,t,a,o);e.give(r,s),i&&e.giveSlice(i,c)}};function jS(e,t,n,r){let{theta:i,delta:a,label:o}=t,[s,c,l]=[P(i,0),P(i,1),P(i,3)],u=a?(t.taps??c)**2:0,d=s*l,f=e.transient(`${o} theta gradient`,i.shape),p=e.transient(`${o} delta gradient`,[Math.max(1,d*u)]);return e.add(F({op:`weightUpdateBackward`,label:`${o} ${s}→${l} ${c}×${c}`,shader:`weight_update_backward`,uniforms:[O(`in_channels`,s),O(`out_channels`,l),O(`taps`,c**2),O(`delta_taps`,u),O(`delta`,a?.offset??0),O(`energy`,t.energy?.offset??0),O(`has_tuned`,+!!n),O(`has_energy`,+!!r),k(`scale`,t.scale)],bindings:[A(i),A(a?.tensor??i),A(n??i),A(r??i),j(f),j(p)],flops:8*d*c**2},d)),{dtheta:f,ddelta:p}}const MS={inputs:({args:e})=>[e.latents,e.weight,e.bias,e.offset],pull(e,{args:t,output:n}){let r=e.gradient(n);if(!r)return;let[i,a,o]=[P(t.weight,0),P(t.weight,1),P(t.latents,0)],s=[O(`outputs`,i),O(`features`,a),O(`rows`,o),k(`scale`,t.scale)],c=(n,o,c)=>e.g.add(F({op:`stylesBackward`,label:`${a}→${i}`,shader:n,parts:[`styles_backward`],uniforms:s,bindings:[A(r),A(t.latentRow),A(o),j(c)],flops:2*i*a},S(c.shape)));if(e.wants(t.latents)){let n=e.g.transient(`latents gradient`,t.latents.shape);c(`styles_backward_latents`,t.weight,n),e.give(t.latents,n)}if(e.wants(t.weight)){let n=e.g.transient(`affine weight gradient`,t.weight.shape);c(`styles_backward_weight`,t.latents,n),e.give(t.weight,n)}e.give(t.bias,r),t.offset&&e.give(t.offset,r)}},NS={inputs:({args:e})=>[e.styles,e.energy],pull(e,{args:t,output:r}){let i=e.gradient(r);if(!i)return;n(t.layers,`shader`,`demodulation: its gradient needs the layers that its table was made from`);let a=um(e.g,e.g.transient(`styles gradient by demodulation`,t.styles.shape),0),o=e.g.transient(`energy gradient`,t.energy.shape),s=0;for(let{style:n,energy:c,inChannels:l,outChannels:u}of t.layers)e.g.add(un({op:`demodulationBackward`,label:`${l}→${u}`,shader:`demodulation_backward`,uniforms:[O(`rows`,l),O(`out_channels`,u),O(`style`,n),O(`energy`,c),O(`channel`,s)],bindings:[A(t.styles),A(t.energy),A(r),A(i),j(a),j(o)],flops:6*l*u},l)),s+=u;e.give(t.styles,a),e.give(t.energy,o)}};function PS(e,t){let{input:r,label:i,firstChannel:a=0}=t;n(t.pad<4,`tensor`,()=>`fir "${i}": padding ${t.pad} is wider than the filter of 4`);let o=t.channels??P(r,0)-a,[s,c]=t.size,l=e.transient(`${i} filtered`,[o,s,c]),u=o*s*c,d=o*Math.ceil(s/4)*Math.ceil(c/4),f=t.up===1&&t.down===1;return e.add(F({op:`fir`,label:`${i} ${o} ${s}×${c}`,shader:f?`fir_blocks`:`fir`,parts:[`fir`],uniforms:[O(`channels`,o),O(`first_channel`,a),O(`height`,P(r,1)),O(`width`,P(r,2)),O(`out_height`,s),O(`out_width`,c),O(`up`,t.up),O(`down`,t.down),O(`pad`,t.pad),k(`gain`,t.gain)],bindings:[A(r),j(l)],flops:32*u/t.up**2},f?d:u)),e.pullback?.({op:`fir`,args:t,output:l}),l}function FS(e,t){return{label:`${e.label} back`,input:t,up:e.down,down:e.up,pad:3-e.pad,gain:e.gain,size:[P(e.input,1),P(e.input,2)]}}function IS({input:e,kernel:t=2,stride:n=2,padding:r=0,channels:i=P(e,0)}){let a=e=>Math.floor((e+2*r-t)/n)+1;return[i,a(P(e,1)),a(P(e,2))]}function LS(e){let{input:t,kernel:n=2,stride:r=2,padding:i=0}=e,[a,o,s]=IS(e);return[O(`channels`,P(t,0)),O(`out_channels`,a),O(`height`,P(t,1)),O(`width`,P(t,2)),O(`out_height`,o),O(`out_width`,s),O(`kernel`,n),O(`stride`,r),O(`padding`,i)]}function RS(e,t){let{input:r,label:i,kernel:a=2,padding:o=0}=t,s=`maxPool "${i}"`,c=IS(t),[l,u,d]=c;n(l>=P(r,0),`tensor`,()=>`${s}: ${l} channels asked for, the input has ${P(r,0)} and none may be lost`),n(u>0&&d>0&&2*o<=a,`tensor`,()=>`${s}: windows of ${a}, padding ${o}, do not fit [${r.shape}]`);let f=t.output??e.transient(`${i} pooled`,c);return T(s,`output`,f,c),e.add(F({op:`maxPool`,label:`${i} [${r.shape}]→[${c}]`,shader:`max_pool`,parts:[`max_pool`],uniforms:LS(t),bindings:[A(r),j(f)],flops:a**2*S(c)},S(c))),e.pullback?.({op:`maxPool`,args:t,output:f}),f}const zS=({input:e,size:t})=>[O(`channels`,P(e,0)),O(`height`,P(e,1)),O(`width`,P(e,2)),O(`out_height`,t[0]),O(`out_width`,t[1])],BS={inputs:({args:e})=>[e.input],pull(e,{args:t,output:n}){let r=e.gradient(n);r&&e.give(t.input,PS(e.g,FS(t,r)))}},VS={inputs:({args:e})=>[e.input],pull(e,{args:t,output:n}){let r=e.gradient(n);if(!r)return;let i=[t.input,r];Gx(e,t.input,{op:`maxPoolBackward`,label:t.label,shader:`max_pool_backward`,parts:[`max_pool`],uniforms:LS(t),from:i})}},HS=(e,t,n,r)=>[O(`channels`,P(e,0)),O(`height`,P(e,1)),O(`width`,P(e,2)),O(`pooled_height`,t[0]),O(`pooled_width`,t[1]),O(`first_row`,n),O(`rows`,r)],US={inputs:({args:e})=>[e.input],pull(e,{args:{input:t,height:n,width:r,rows:i},output:a}){let o=e.gradient(a);if(!o)return;let[s,c]=i??[0,n];Gx(e,t,{op:`adaptivePoolBackward`,label:`pool`,shader:`adaptive_pool_backward`,uniforms:HS(t,[n,r],s,c-s),from:[o]})}},WS={inputs:({args:e})=>[e.input],pull(e,{args:{input:t},output:n}){let r=e.gradient(n);r&&Gx(e,t,{op:`globalPoolBackward`,label:`pool`,shader:`adaptive_pool_backward`,uniforms:HS(t,[1,1],0,1),from:[r]})}},GS={inputs:({args:e})=>[e.input],pull(e,{args:t,output:n}){let r=e.gradient(n);r&&Gx(e,t.input,{op:`nearestResizeBackward`,label:t.label,shader:`nearest_resize_backward`,parts:[`nearest_resize`],uniforms:zS(t),from:[r]})}},KS={inputs:({args:e,also:t=[]})=>[e.input,e.fc1,e.fc2,e.shortcut,t[0]],pull(e,{args:t,output:r,also:i=[]}){let a=e.gradient(r);if(!a)return;let[o,s]=i;n(o&&s,`shader`,`squeezeExcite: its gradient needs means and gate`);let{input:c,shortcut:l,shortcutStride:u,fc1:d,fc2:f}=t,p=t.label??`se`;e.wants(l)&&e.give(l,u===1?a:JS(e.g,t,a));let m=Y(e.g,{label:`${p} gate`,a,by:`centred`,b:c}),{dpooled:h,dfc1:g,dfc2:_}=qS(e.g,t,o,s,m);e.give(o,h),e.give(d,g),e.give(f,_),e.wants(c)&&e.give(c,pm(e.g,{label:p,input:a,scale:{tensor:s,offset:0}}))}};function qS(e,{fc1:t,fc2:n},r,i,a){let[o,s]=[P(t,0),P(t,1)],c=e.transient(`se means gradient`,[s]),l=e.transient(`fc1 gradient`,t.shape),u=e.transient(`fc2 gradient`,n.shape);return e.add({op:`squeezeExciteBackward`,label:`gate ${s}→${o}→${s}`,shader:`se_gate_backward`,substitutions:{HIDDEN:o},uniforms:[O(`channels`,s),O(`hidden`,o)],bindings:[...[r,t,n,i,a].map(e=>A(e)),...[c,l,u].map(e=>j(e))],grid:[1,1,1],flops:8*s*o}),{dpooled:c,dfc1:l,dfc2:u}}function JS(e,{shortcut:t,shortcutStride:n},r){let i=e.transient(`shortcut gradient`,t.shape),a=S(t.shape);return e.add(F({op:`spread`,label:`[${t.shape}]`,shader:`spread`,uniforms:[O(`count`,a),O(`height`,P(t,1)),O(`width`,P(t,2)),O(`out_height`,P(r,1)),O(`out_width`,P(r,2)),O(`stride`,n)],bindings:[A(r),j(i)]},a)),i}const YS={inputs:({args:e})=>[e.input,e.weight,e.styles.tensor,e.bias.tensor,e.skip],pull(e,{args:t,output:n}){let r=e.gradient(n);if(!r)return;let{input:i,label:a,skip:o,bias:s}=t;if(e.wants(s.tensor)&&e.giveSlice(s,Y(e.g,{label:`${a} bias`,a:r,by:`one`})),o&&e.wants(o)){let t=[P(i,1),P(i,2)];e.give(o,PS(e.g,FS({label:a,input:o,up:2,down:1,pad:2,gain:4,size:t},r)))}XS(e,t,r)}};function XS(e,{input:t,weight:n,styles:r,label:i},a){let o=P(t,0),s=Wx(e,{op:`toRgbBackward`,label:i,shader:`to_rgb_backward`,input:t,scale:r,gradient:a,weight:n,sumShape:[4],flops:12}),[c,l]=[e.g.transient(`${i} weight gradient`,n.shape),e.g.transient(`${i} style gradient`,[o])];e.g.add(F({op:`toRgbSums`,label:`${i} ${o}`,shader:`to_rgb_sums`,uniforms:[O(`channels`,o),O(`parts`,P(s,0)),O(`scale`,r.offset)],bindings:[A(s),A(n),A(r.tensor),j(c),j(l)]},o)),e.give(n,c),e.giveSlice(r,l)}const ZS=(e=>({inputs:({args:e})=>[e.input,QS(e),...rS(e)],pull(t,{args:n,output:r}){let i=t.gradient(r);if(!i)return;let a=iS(t,n,r,i),[o,s]=[P(n.input,1),P(n.input,2)],c=[2*o+1,2*s+1],l=P(a,0),u=Math.min(l,Math.floor(e/(4*c[0]*c[1]))),d=QS(n),f=t.wants(d)?t.g.transient(`${n.label} filter gradient`,d.shape):void 0,p;for(let e=0;e<l;e+=u){let r=Math.min(u,l-e),i=`${n.label} channels ${e}`,o={label:i,scattered:PS(t.g,{label:i,input:a,firstChannel:e,channels:r,up:1,down:1,pad:2,gain:4,size:c}),first:e,channels:r};f&&tC(t,n,o,f),oS(t,n)&&(p=eC(t,n,o,p))}f&&t.give(d,f),p&&sS(t,n,p)}}))(128*2**20),QS=({weight:e})=>e.stored??e.tensor,$S=({outScale:e},{first:t})=>e&&{tensor:e.tensor,offset:e.offset+t};function eC(e,t,n,r){let{label:i,scattered:a,first:o,channels:s}=n,c=QS(t),l=x(c,[1,...c.shape]),u=ar(e.g,{label:`${i} back`,weight:hS(e.g,{label:i,weight:l,flip:!1,first:o,kept:s}),stride:2,spatial:[P(t.input,1),P(t.input,2)],facts:e.facts});return I(e.g,{label:`${i} back`,input:a,weight:u,stride:2,padding:0,inScale:$S(t,n),residual:r})}function tC(e,t,n,r){let{scattered:i,first:a}=n,[o,s,c]=[P(t.input,1),P(t.input,2),P(r,3)],l=s;pS(e.g,{label:`${n.label} filter`,facts:e.facts,pixels:o*s,left:{input:t.input,outWidth:l,kernel:1,stride:1,padding:0,inScale:t.inScale},right:{input:i,outWidth:l,kernel:3,stride:2,padding:0,inScale:$S(t,n)},output:{tensor:r,offset:a},rowStep:c})}const nC={activation:qx,adaptivePool:US,batchNormFold:Rx,batchNormTrain:zx,conv2d:xS,demodulation:NS,fir:BS,globalPool:WS,gradientLoss:DS,linear:Yx,lpipsTap:OS,maxPool:VS,noiseLoss:kS,nearestResize:GS,normalise:tS,pixelNorm:Jx,product:Zx,scaleMap:eS,squaredLoss:ES,squeezeExcite:KS,styles:MS,sum:nS,toRgb:YS,upConv:ZS,weightUpdate:AS},rC=e=>nC[e.op];function iC(e){return rC(e).inputs(e)}function aC(e){let t=e;return rC(t).outputs?.(t)??[e.output]}function oC(e,t){let n=aC(t).some(t=>e.gradient(t)!==void 0),r=t;n&&iC(t).some(t=>e.wants(t))&&rC(r).pull(e,r)}var sC=class{#e;#t;#n=[];constructor(e,t){this.#e=e,this.#t=t}transient(e,t,n){return this.#e.transient(e,t,n)}add(e){this.#e.add(e)}pullback(e){this.#n.push(e)}backward(e,t){for(let{of:t,gradient:r}of e)n(S(t.shape)===S(r.shape),`tensor`,()=>`gradient of "${t.name}" expects [${t.shape.join(`, `)}], got [${r.shape.join(`, `)}]`);let r=new lC(this.#e,this.#t,this.#r(t));for(let{of:t,gradient:n}of e)r.give(t,n);for(let e of this.#n.toReversed())oC(r,e);return t.map(e=>r.gradient(e)??um(this.#e,cC(this.#e,e),0))}#r(e){let t=new Set(e.map(b));for(let e of this.#n)if(iC(e).some(e=>e&&t.has(b(e))))for(let n of aC(e))t.add(b(n));return t}};const cC=(e,t)=>e.transient(`gradient of ${t.name}`,t.shape);var lC=class{g;facts;#e;#t=/* @__PURE__ */ new Map;constructor(e,t,n){this.g={transient:(...t)=>e.transient(...t),add:t=>e.add(t)},this.facts=t,this.#e=n}wants(e){return e!==void 0&&this.#e.has(b(e))}gradient(e){let t=this.#t.get(b(e))?.tensor;return t&&(`${t.shape}`==`${e.shape}`?t:x(t,e.shape))}give(e,t){if(!this.wants(e))return;let n=b(e),r=this.#t.get(n);if(!r)this.#t.set(n,{tensor:t,own:!1});else if(r.own)J(this.g,{a:t,target:{tensor:r.tensor,offset:0},keep:!0});else{let e=cC(this.g,n);J(this.g,{a:r.tensor,b:t,target:{tensor:e,offset:0},keep:!1}),this.#t.set(n,{tensor:e,own:!0})}}into(e){let t=b(e),n=this.#t.get(t),r=n?.own?n.tensor:cC(this.g,t);return n&&!n.own&&J(this.g,{a:n.tensor,target:{tensor:r,offset:0},keep:!1}),this.#t.set(t,{tensor:r,own:!0}),{tensor:r,keep:n!==void 0}}giveSlice({tensor:e,offset:t},n){if(!this.wants(e))return;let r=b(e);if(S(n.shape)===S(r.shape)){this.give(e,n);return}let i=this.#t.get(r);if(!i?.own){let e=cC(this.g,r);i?J(this.g,{a:i.tensor,target:{tensor:e,offset:0},keep:!1}):um(this.g,e,0),this.#t.set(r,{tensor:e,own:!0})}let a=this.#t.get(r)?.tensor??n;J(this.g,{a:n,target:{tensor:a,offset:t},keep:!0})}};function uC(e,t,n){let r=S(t.parameter.shape);for(let[n,i]of Object.entries({gradient:t.gradient,first:t.first,second:t.second}))T(e,n,{...i,shape:[S(i.shape)]},[r]);return T(e,`numbers`,t.numbers,[n]),r}function dC(e,t){let n=uC(`adam "${t.parameter.name}"`,t,3);e.add(F({op:`adam`,label:t.parameter.name,shader:`adam`,uniforms:[O(`count`,n),k(`beta1`,t.betas[0]),k(`beta2`,t.betas[1]),k(`eps`,t.eps)],bindings:[A(t.gradient),A(t.numbers),M(t.parameter),M(t.first),M(t.second)],flops:10*n},n))}function fC(e,t){let n=S(t.shape),r=x(t,[1,n]),i=1/n,a=Y(e,{label:t.name,a:r,by:`one`,factor:i}),o=Y(e,{label:t.name,a:r,by:`variance`,centre:a,factor:i});e.add(F({op:`standardise`,label:t.name,shader:`standardise`,uniforms:[O(`count`,n)],bindings:[A(a),A(o),M(t)]},n))}const pC={kernel:3,stride:2},mC={kernel:2,stride:2},hC={alex:[{index:0,kernel:11,stride:4,padding:2,tap:!0},{index:3,kernel:5,padding:2,pool:pC,tap:!0},{index:6,padding:1,pool:pC,tap:!0},{index:8,padding:1,tap:!0},{index:10,padding:1,tap:!0}],vgg:[{index:0},{index:2,tap:!0},{index:5,pool:mC},{index:7,tap:!0},{index:10,pool:mC},{index:12},{index:14,tap:!0},{index:17,pool:mC},{index:19},{index:21,tap:!0},{index:24,pool:mC},{index:26},{index:28,tap:!0}]},gC=[-.03,-.088,-.188],_C=[.458,.448,.45];function vC(e,{plan:t,facts:n,kind:r,prefix:i},a){let o=(e,n)=>t.derive(`${i}lpips ${e}`,[3],[],()=>Float32Array.from({length:3},(e,t)=>n(t))),s=L(o(`scale`,e=>1/(_C[e]??1))),c=L(o(`shift`,e=>-(gC[e]??0)/(_C[e]??1))),l=[],u=a;for(let{index:a,stride:o=1,padding:d=1,pool:f,tap:p}of hC[r]){let r=`${i}features.${a}`;f&&(u=RS(e,{label:`${r} pool`,input:u,...f}));let m=t.conv(`${r}.weight`,[`${r}.weight`]),h=or(r,tr(m),[P(u,1),P(u,2)],{stride:o,padding:d}),g=[h.outHeight,h.outWidth];u=I(e,{label:r,input:u,weight:ar(e,{label:r,weight:m,stride:o,spatial:g,facts:n}),stride:o,padding:d,...a===0&&{inScale:s,inShift:c},bias:L(t.plain(`${r}.bias`)),activation:{kind:`relu`}}),p&&l.push(u)}return l}function yC(e,{plan:t,prefix:r},i,a){let o=i.map((n,i)=>{let o=`${r}lin${i}.model.1.weight`;return Mx(e,{label:o,input:n,target:a[i]??n,weights:t.plain(o,[P(n,0)])})}),[s,...c]=o;return n(s,`model`,`LPIPS has no taps`),{layers:o,total:c.reduce((t,n)=>Px(e,{label:`${r}lpips`,a:t,b:n}),s)}}var bC=class{name=`LPIPS`;plan;graphs;state;#e;#t;constructor({kind:e,tensors:t},n,r){this.plan=new da(t),this.#e={plan:this.plan,facts:{...n,precision:`f32`},kind:e,prefix:`lpips.`};let i=new E(`target`);this.#t=vC(i,this.#e,r).map((e,t)=>{let n=w(`target features ${t}`,e.shape);return J(i,{a:e,target:L(n),keep:!1}),n});let[a,o]=[w(`picture to compare`,r.shape),w(`LPIPS`,[1])];this.state={target:r,picture:a,distance:o};let s=new E(`distance`);J(s,{a:this.recordDistance(s,a),target:L(o),keep:!1}),this.graphs=/* @__PURE__ */ new Map([[`target`,i],[`distance`,s]])}recordDistance(e,t){let n=vC(e,this.#e,t);return yC(e,this.#e,n,this.#t).total}recordBetween(e,t,r){n(t.shape.join()===r.shape.join(),`tensor`,()=>`LPIPS compares pictures of one size, got [${t.shape}] and [${r.shape}]`);let i=vC(e,this.#e,r);return yC(e,this.#e,vC(e,this.#e,t),i).total}};function xC(e,t){let{plan:n,sizes:r,facts:i,prefix:a=`decoder`}=t,o=new ji(n,{sizes:r,tunedLayers:[],facts:{...i,precision:`f32`},prefix:a}),s=o.noiseStrengths(),c=t.noises??o.noiseMaps(),l=c===`none`?[]:c,u=l.flatMap((t,n)=>{let r=s[n];return r?[wx(e,{label:`noise ${n}`,map:t,strength:r})]:[]});o.recordWeights(e,o.layers,({index:e})=>t.deltaOf?.(e)),o.recordStyles(e,t.latents),o.recordDemodulation(e);let d=e.transient(`picture`,[3,r.size,r.size]);return o.recordSynthesis(e,u,d),{output:d,noises:l}}const SC=[.9,.999];var CC=class{numbers=w(`numbers of a step`,[3]);slots;constructor(e){this.slots=e.map(e=>({parameter:e,first:w(`${e.name} first moment`,e.shape),second:w(`${e.name} second moment`,e.shape)}))}record(e,t){this.slots.forEach((n,r)=>{let i=t[r];i&&dC(e,{...n,gradient:i,betas:SC,eps:1e-8,numbers:this.numbers})})}numbersOf(e,t){return lx(e,t,SC)}get forget(){return this.slots.flatMap(({first:e,second:t})=>[{to:e},{to:t}])}};const wC=[`l2`,`lpips`,`gradient`];var TC=class{#e;#t;#n=[];constructor(e,t){this.#e=e,this.#t=t}add(e,t,n){J(this.#e,{a:t,target:L(this.#t,this.#n.length),keep:!1}),this.#n.push({name:e,value:t,weight:n})}compare(e,t,n,r){let i=this.#e,a=`picture and photo`;n.l2>0&&this.add(`l2`,Ax(i,{label:a,input:e,target:t}),n.l2),n.lpips>0&&r&&this.add(`lpips`,r.recordDistance(i,e),n.lpips),n.gradient>0&&this.add(`gradient`,jx(i,{label:a,input:e,target:t}),n.gradient)}backward(e){let t=this.#n.map(({value:e,weight:t})=>({of:e,gradient:um(this.#e,this.#e.transient(`weight`,[1]),t)}));return this.#e.backward(t,e)}read(e){let t=this.#n.map(({name:t},n)=>[t,e[n]??NaN]),n=this.#n.reduce((t,{weight:n},r)=>t+n*(e[r]??NaN),0);return Object.fromEntries([...t,[`total`,n]])}};const EC=[`w`,`w+`];var DC=class{name=`latent optimisation`;plan=new da(/* @__PURE__ */ new Map);graphs;transfers;state;terms;adam;lpips;forward;constructor(e,t,{target:n,rows:r},i){let{sizes:a,facts:o}=e,{loss:s,space:c,side:l}=t,[u,d]=[new E(`begin`),new E(`step`)],f=new sC(d,o),p=[c===`w`?1:a.latentCount,a.styleDim],[m,h]=[w(`w`,p),w(`w noise`,p)],g=w(`losses of latents`,[4]),_=w(`y of latents`,[3,a.size,a.size]),ee=new Ox(e.plan,f,!1),v=t.noiseWeight>0?this.#e(e):[],{output:te}=xC(f,{plan:ee,sizes:a,facts:o,latents:Px(f,{label:`w`,a:m,b:h}),noises:v.length>0?v.map(({own:e})=>e):void 0});J(f,{a:te,target:L(_),keep:!1});let ne=Math.min(1,l/a.size),y={width:a.size*ne,rows:[r[0]*ne,r[1]*ne]},re=w(`photo compared`,[3,y.rows[1]-y.rows[0],y.width]);Yt(u,{label:`photo`,input:n,height:re.shape[1]??1,width:y.width,output:re});let ie=OC(f,te,y);this.lpips=i&&s.lpips>0?new bC(i,o,re):void 0,this.terms=new TC(f,g),this.terms.compare(ie,re,s,this.lpips);let ae=Fx(f,v.map(({own:e})=>e));ae&&this.terms.add(`noise`,ae,t.noiseWeight),this.forward=d.nodes.length,this.adam=new CC([m,...v.map(({own:e})=>e)]),this.adam.record(d,this.terms.backward(this.adam.slots.map(({parameter:e})=>e)));for(let{own:e}of v)fC(d,e);this.state={w:m,shake:h,losses:g,numbers:this.adam.numbers,y:_},this.graphs=/* @__PURE__ */ new Map([[`begin`,u],[`step`,d]]);let oe=v.map(({stored:e,own:t})=>({from:e,to:t}));this.transfers=/* @__PURE__ */ new Map([[`forget`,[...this.adam.forget,...oe]]])}#e(e){return e.generator.noiseMaps().map(e=>({stored:e,own:w(`${e.name} own`,e.shape)}))}};function OC(e,t,{width:n,rows:r}){let[i,a]=r;return t.shape[2]===n&&i===0&&a===t.shape[1]?t:Yt(e,{label:`picture compared`,input:t,height:n,width:n,rows:[i,a]})}var kC=class{name=`pivotal tuning`;plan=new da(/* @__PURE__ */ new Map);graphs;transfers;state;terms;adam;lpips;forward;localised;#e;constructor(e,t,{target:n,rows:r},{lpips:i,hypernetwork:a}={}){this.#e=e;let{sizes:o,facts:s}=e,{loss:c}=t;this.localised=t.locality>0;let l=new E(`step`),u=new sC(l,s),d=new Ox(e.plan,u,!0),f=[3,o.size,o.size],p=[o.latentCount,o.styleDim],[m,h]=[w(`pivot`,p),w(`near the pivot`,p)],[g,_]=[w(`y of the pivot`,f),w(`y before tuning`,f)],ee=w(`losses of the pivot`,[5]),{output:v}=xC(u,{plan:d,sizes:o,facts:s,latents:m});if(J(u,{a:v,target:L(g),keep:!1}),this.lpips=i&&c.lpips>0?new bC(i,s,n):void 0,this.terms=new TC(u,ee),this.terms.compare(OC(u,v,{width:o.size,rows:r}),n,c,this.lpips),this.localised){let e=xC(u,{plan:d,sizes:o,facts:s,latents:h,noises:`none`}).output,n=Ax(u,{label:`locality`,input:e,target:_});this.terms.add(`locality l2`,n,t.locality),this.lpips&&this.terms.add(`locality lpips`,this.lpips.recordBetween(u,e,_),t.locality)}this.forward=l.nodes.length;let te=[...d.parameters].filter(([e])=>Ex(e));this.adam=new CC([...new Set(te.map(([,{tensor:e}])=>b(e)))]),this.adam.record(l,this.terms.backward(this.adam.slots.map(({parameter:e})=>e))),this.state={latents:m,near:h,before:_,losses:ee,numbers:this.adam.numbers,y:g},this.graphs=new Map([...a?[[`bake`,this.#n(a)]]:[],[`step`,l],[`moved`,this.#r()]]);let ne=this.adam.slots.map(({parameter:e})=>({from:this.#t(e),to:e})),y=this.adam.slots.map(({parameter:e})=>({parameter:e,good:w(`${e.name} good`,e.shape)}));this.transfers=/* @__PURE__ */ new Map([[`begin`,[...ne,...this.adam.forget]],[`keep`,y.map(({parameter:e,good:t})=>({from:e,to:t}))],[`recall`,y.map(({parameter:e,good:t})=>({from:t,to:e}))]])}#t({name:e}){return this.#e.plan.of(e).origin}#n(e){let t=new E(`bake`),n=e.recordOffsets(t);for(let{index:e,key:r}of this.#e.generator.layers){let i=n.get(e),a=this.adam.slots.find(({parameter:e})=>e.name===`decoder.${r}.conv.weight`)?.parameter;if(!i||!a)continue;let o=a.shape.slice(1);Si(t,{label:r,theta:x(this.#t(a),o),delta:i.delta,taps:i.taps,scale:1,output:x(a,o)})}return t}#r(){let e=new E(`moved`),t=L(um(e,e.transient(`minus one`,[1]),-1));for(let{parameter:n}of this.adam.slots){let{origin:r,moved:i}=this.#e.plan.of(n.name),a=[1,S(n.shape)];J(e,{a:n,target:L(i),keep:!1}),Vy(e,{label:n.name,sums:x(r,a),active:x(i,a),weights:t})}return e}};function AC(e,{minUniformBufferOffsetAlignment:t},{buffers:n}={buffers:{has:()=>!1}}){let r=e.flatMap(e=>[...e.graphs.values()]),i=[...new Set(e.flatMap(ha))].filter(e=>!n.has(e)),{slots:a}=tt(r),o=[...i.map(e=>({name:e.name,bytes:Je(C(e))})),...a.map((e,t)=>({name:`intermediate results ${t}`,bytes:Je(e)}))],s=rt(r,t);return{lasting:jC(i.map(e=>Je(C(e)))),activations:jC(a.map(Je))+jC(s),largest:o.reduce((e,t)=>t.bytes>e.bytes?t:e,{name:`nothing`,bytes:0})}}const jC=e=>e.reduce((e,t)=>e+t,0),MC=e=>`${(e/2**20).toFixed(0)} MiB`;function NC({lasting:e,activations:t}){return`needs ${MC(e+t)} of GPU memory (${MC(e)} of weights and their moments, ${MC(t)} of intermediate results)`}function PC(e,t,r){let{maxStorageBufferBindingSize:i,maxBufferSize:a}=r.device.limits,o=Math.min(i,a),{name:s,bytes:c}=t.largest;n(c<=o,`memory`,()=>`${e} of this model ${NC(t)}; "${s}" alone takes ${MC(c)} in one buffer, this device allows ${MC(o)}: use a smaller model or another GPU`);let{memory:l=1/0,used:u}=r,d=u+t.lasting+t.activations;n(d<=l,`memory`,()=>`${e} of this model ${NC(t)}, ${MC(u)} are in use, and memory allows ${MC(l)}: allow ${MC(d)}, or use a smaller model`)}var FC=class{engine;tuned;target;rows;lpips;#e;#t=/* @__PURE__ */ new Map;#n;#r;#i;constructor(e,t){let{architecture:n}=t;this.engine=e,this.#e=t,this.tuned=new kx(t.tensors,n,e.opened.facts),this.rows=Ve(n),this.target=w(`photo`,[3,this.rows[1]-this.rows[0],n.size])}async shown(e={}){return this.#n||(this.#n=await this.engine.runtime.mount(this.tuned,this.#e,e),this.#n.write(this.tuned.state.strength,Float32Array.of(1))),this.#n}async spread(e){let t=this.#t.get(e)??await hx(this.engine,e);return this.#t.set(e,t),t}async latents(e,t={}){if(this.#r&&this.#a(this.#r,e))return this.#r;this.#r?.dispose(),this.#r=void 0;let{lpips:n}=this,r=new DC(this.tuned,e,this,n),i=await this.#o(`latent optimisation`,{network:r,lpips:n},[`begin`],t);return this.#r={...i,recipe:JSON.stringify(e),lpips:n},this.#r}async pivot(e,t={}){if(this.#i&&this.#a(this.#i,e))return this.#i;this.#i?.dispose(),this.#i=void 0;let{lpips:n}=this,{hypernetwork:r}=this.engine.network,i=new kC(this.tuned,e,this,{lpips:n,hypernetwork:r}),a=await this.#o(`pivotal tuning`,{network:i,lpips:n},[],t);return this.#i={...a,recipe:JSON.stringify(e),lpips:n},this.#i}release(){this.#r?.dispose(),this.#i?.dispose(),this.#r=void 0,this.#i=void 0}#a(e,t){return e.recipe===JSON.stringify(t)&&e.lpips===this.lpips}async#o(e,{network:t,lpips:n},r,{signal:a,memory:o}){let{runtime:s,opened:c}=this.engine,l=AC([this.tuned,...t.lpips?[t.lpips]:[],t],c.device.limits,s);PC(e,l,{device:c.device,memory:o,used:s.memory().total});let u=[],d=()=>{for(let e of u.splice(0).reverse())e.dispose()};try{await s.buffers.allocate([this.target]),await this.shown({signal:a}),t.lpips&&n&&u.push(await s.mount(t.lpips,n,{signal:a}));let e=await s.mount(t,void 0,{signal:a});u.push(e);let[i]=u;return{network:t,mounted:e,newTarget:()=>{e.run(...r),t.lpips&&i?.run(`target`)},dispose:d}}catch(t){throw d(),!(t instanceof i)||t.code!==`memory`?t:new i(`memory`,`${e} of this model ${NC(l)}: ${t.message}`,{cause:t})}}};const IC=`lpips.`;function LC(e){let t=/* @__PURE__ */ new Map;for(let{name:n,tensors:r}of e)for(let[e,i]of r)e.startsWith(IC)&&t.set(e,{file:n,tensor:i});let r=e.map(({name:e})=>e).join(`, `),i=t.get(`${IC}features.0.weight`);n(i,`model`,()=>`${r}: no trunk of LPIPS (features.0.weight); add torchvision's AlexNet or VGG16`),n(t.has(`${IC}lin0.model.1.weight`),`model`,()=>`${r}: no heads of LPIPS (lin0.model.1.weight); add alex.pth or vgg.pth of the LPIPS repository`);let a=i.tensor.shape.at(-1)===RC.alex?`alex`:`vgg`,o=/* @__PURE__ */ new Map,s=(e,i)=>{let s=t.get(IC+e);n(s,`tensor`,()=>`${r}: LPIPS (${a}) needs "${e}" [${i}], which is missing`);let{file:c,tensor:l}=s;n(l.shape.join()===i.join(),`tensor`,()=>`${c}: "${e}" has shape [${l.shape}], LPIPS (${a}) of this trunk needs [${i}]; give trunk and heads of one network`),o.set(IC+e,l)},c=3,l=0;for(let{index:e,kernel:n=3,tap:r}of hC[a]){let i=`features.${e}`,a=t.get(`${IC}${i}.weight`)?.tensor.shape[0]??0;s(`${i}.weight`,[a,c,n,n]),s(`${i}.bias`,[a]),c=a,r&&s(`lin${l++}.model.1.weight`,[1,c,1,1])}return{kind:a,tensors:o}}const RC={alex:hC.alex[0]?.kernel};function zC(e){let{kind:t,tensors:n}=LC(e);return{...zu({name:`LPIPS (${t})`,architecture:null,tensors:n}),kind:t}}var BC=class extends i{person;steps;constructor(e,t,n,r){super(`loss`,e,r),this.person=t,this.steps=n}};const VC=1e-6;function $(e,r,i,a=0){return r===void 0?i:(n(typeof r==`number`&&Number.isFinite(r)&&r>=a,`option`,()=>`${e} is ${t(r)}, expected a number of ${a} or more`),r)}function HC(e,r,i,a){let o=$(e,r,i,a);return n(Number.isInteger(o),`option`,()=>`${e} is ${t(r)}, expected a whole number`),o}function UC(e,t){e!==void 0&&G(`loss`,e);for(let t of Object.keys(e??{}))r(`a loss`,t,wC);let i={l2:$(`loss.l2`,e?.l2,1),lpips:$(`loss.lpips`,e?.lpips,+!!t),gradient:$(`loss.gradient`,e?.gradient,0)};return n(i.lpips===0||t,`option`,`loss.lpips is above 0, but this model has no LPIPS: call addLpips with its files before, or leave it out`),n(i.l2+i.lpips+i.gradient>0,`option`,`every loss has weight 0: give one of them more`),i}function WC(e,t){G(e,t),zd(`onProgress`,t.onProgress),Bd(t.signal),Bd(t.stop),Yb(t.align),HC(`every`,t.every,1,1),HC(`seed`,t.seed,0,0),$(`memory`,t.memory,0)}function GC(e,t){WC(`optimise`,e);let{space:i=`w`}=e;r(`space`,i,EC);let a={space:i,loss:UC(e.loss,t),noiseWeight:$(`noiseWeight`,e.noiseWeight,0),side:HC(`side`,e.side,256,8)};return n(Number.isInteger(Math.log2(a.side)),`option`,()=>`side is ${a.side}, expected a power of two`),{recipe:a,schedule:{steps:HC(`steps`,e.steps,dx.steps,1),rate:$(`rate`,e.rate,dx.rate),rampDown:$(`rampDown`,e.rampDown,dx.rampDown,VC),rampUp:$(`rampUp`,e.rampUp,dx.rampUp,VC),noise:$(`noise`,e.noise,dx.noise),noiseLength:$(`noiseLength`,e.noiseLength,dx.noiseLength,VC),seed:e.seed??dx.seed},every:e.every??10}}function KC(e,t){WC(`pivot`,e),zd(`onSave`,e.onSave);let{locality:n}=e;n!==void 0&&G(`locality`,n);let r=UC(e.loss,t),i={steps:HC(`steps`,e.steps,_x.steps,1),rate:$(`rate`,e.rate,_x.rate),stopAt:$(`stopAt`,e.stopAt,r.lpips>0?_x.stopAt:0),psi:$(`locality.psi`,n?.psi,_x.psi),ball:$(`locality.ball`,n?.ball,_x.ball),seed:e.seed??_x.seed,keepEvery:_x.keepEvery};return{recipe:{loss:r,locality:n?$(`locality.weight`,n.weight,.1):0},schedule:i,every:e.every??10,saveEvery:HC(`saveEvery`,e.saveEvery,50,1)}}var qC=class{#e;#t;constructor(e){this.#e=e}#n(){let{context:e,source:t}=this.#e;if(!this.#t){let n=new FC(e.engine,t),r={name:e.modelName,mark:e.mark,plan:n.tuned.plan,codes:n.tuned.state.base.shape};this.#t={context:e,tuner:n,model:r,holder:void 0}}return this.#t}async addLpips(e){n(Array.isArray(e)&&e.length>0,`option`,()=>`addLpips got ${t(e)}, expected its files: a trunk and its heads, or what convert made of them`);let r=await Promise.all(e.map(e=>Xs(Hf(e))));this.#n().tuner.lpips=zC(r)}async optimise(t,n){let{tuner:r}=this.#n(),{recipe:i,schedule:a,every:o}=GC(n,r.lpips!==void 0),{context:s}=this.#e,{engine:c}=s,{signal:l,stop:u,memory:d}=n;return this.#i(t,n,async(t,f)=>{let p=await this.#a(f,n),m=await c.exclusive(async()=>{s.current=void 0;let e=await r.latents(i,{signal:l,memory:d});await this.#e.reader.loadTarget(await t,r);let f=p??await c.read(this.#l()),m=a.noise>0?await r.spread(a.seed):0,h=this.#u(n,{steps:a.steps,every:o,y:e.network.state.y}),{latents:g}=await px(e,c.runtime,f,a,m,{onStep:h,signal:l,stop:u});return g},{signal:l});return e(l),this.#e.restore(am(c.network,m))})}async pivot(e,t){G(`pivot`,t);let r=e instanceof q;n(!r||t.photo,`option`,`pivot got a person and no photo to tune them to: pass it as photo, or as the first argument with from: person`);let i=r?t.photo:e,a=r?{...t,from:e}:t,o=this.#n(),s=KC(a,o.tuner.lpips!==void 0);return this.#i(i,a,async(e,t)=>{let n=a.resume?void 0:await this.#o(t,a),r=await this.#e.context.engine.exclusive(()=>this.#r(o,e,n,a,s),{..._a,signal:a.signal});return a.from instanceof q&&(r.cut=a.from.cut),r})}async#r(e,t,r,i,{recipe:a,schedule:o,every:s,saveEvery:c}){let{context:l,tuner:u,model:d}=e,{engine:f}=l,{signal:p,stop:m,memory:h,onSave:g,resume:_}=i;l.current=void 0;let ee=await u.pivot(a,{signal:p,memory:h}),{network:v,mounted:te}=ee;await this.#e.reader.loadTarget(await t,u);let ne=_&&await Fm(d,Up(_),yx(v)),y=ne?{latents:ne.latents,saved:ne}:r;n(y,`option`,`pivot has nothing to begin with: pass from`);let re=this.#u(i,{steps:o.steps,every:s,y:v.state.y}),ie=async(e,t)=>{if(await re(e,t),!g||e===0||e%c!==0)return;let n=/* @__PURE__ */ new Map;for(let e of yx(v))n.set(e.name,await f.read(e));let r=jm(d,{latents:y.latents,steps:e,tensors:n});await f.runtime.outside(()=>g(r),p)},ae=async t=>{e.holder=void 0,te.run(`moved`);let n=await Sm(u.tuned.plan,e=>f.read(e));return{latents:y.latents.slice(),moved:n,steps:t}};try{let t=await bx(ee,f,y,o,{onStep:ie,signal:p,stop:m});return await Im.show(e,await ae(t.steps),t)}catch(e){if(!(e instanceof vx))throw e;let{message:t}=e.cause;throw new BC(t,Am(d,await ae(e.steps)),e.steps,{cause:e.cause})}}async restore(e){let t=Up(e),n=this.#n(),r=await Pm(n.model,t);return this.#e.context.engine.exclusive(()=>Im.show(n,r),_a)}async#i(t,{align:n,signal:r},i){e(r);let{aligner:a,reader:o,context:s}=this.#e,{life:c}=s.engine.runtime,{picture:l,cut:u}=n===void 0?{picture:t,cut:void 0}:await c.wait(a.cut(t,n),{signal:r}),d=o.take(l);d.catch(()=>void 0);try{let e=await i(d,l);return u&&(e.cut=u),e}finally{d.then(e=>e.close()).catch(()=>void 0)}}async#a(e,{from:t=`average`,signal:n}){if(t!==`average`)return t===`encoder`?(await this.#s(e,0,n)).base:(await this.#c(t)).base}async#o(e,{from:t,signal:n}){let{encoder:r,hypernetwork:i}=this.#e.context.engine.network,a=t??(r&&i?`hyperstyle`:`w`);if(a===`hyperstyle`||a===`w`){let{base:t,sums:r,steps:i}=await this.#s(e,a===`w`?0:void 0,n);return{latents:t,...i>0&&{sums:r}}}let{base:o,sums:s,steps:c}=await this.#c(a);return{latents:o,...c>0&&{sums:s}}}async#s(e,t,n){let r=await this.#e.invert(e,{steps:t,signal:n});try{return await r.values()}finally{r.dispose()}}async#c(e){let{context:r}=this.#e;return e instanceof q?(q.ensureOf(r,`from`,e),e.values()):Zp(e)?Xp(r.engine.network,e):(n(e instanceof Uint8Array,`option`,()=>`from is ${t(e)}, expected "w", "hyperstyle" or a person (of optimise: "average", "encoder" or a person)`),Yp(r.engine.network,r.mark,Up(e)))}#l(){let{average:e}=this.#e.context.engine.network.generator;return n(e,`model`,`this model has no average latent to begin with: pass from: a person or their values`),e}#u({onProgress:e,signal:t},{steps:n,every:r,y:i}){let{engine:a,pictures:o}=this.#e.context;return async(s,c)=>{if(!e||s%r!==0&&s!==n)return;a.runtime.copy(a.buffers.of(i),a.buffers.of(a.network.state.y),C(i));let l=await o.capture();try{await a.runtime.outside(()=>e({step:s,steps:n,losses:c,picture:l}),t)}finally{l.dispose()}}}},JC=class t{name;kernels;#e;#t;#n;#r;exchange;discovery;constructor(e,t){this.#e=e,this.#t=t.reader,this.#n=t.aligner,this.kernels=t.report;let n=(e,t)=>this.invert(e,t),r=e=>this.restore(e);this.#r=new qC({context:e,...t,invert:n,restore:r}),this.name=e.modelName,this.exchange=new Bm(e),this.discovery=new Gd(e)}static async load(n,r={}){Ud(n),Hd(`load`,r),e(r.signal);let i=async()=>t.fromWeights(await Rl(n,r),r);return va(i().catch(e=>{if(e instanceof Pl)return i();throw e}),{..._a,signal:r.signal})}static preflight(e,t={}){return tx(e,t)}static clearCache(){return kl()}static async fromWeights(n,r={}){return Hd(`fromWeights`,r),e(r.signal),va(t.#i(n,r),{..._a,signal:r.signal})}static async#i(e,n){let{engine:r,pictures:i,reader:a,mark:o,report:s}=await Lb(e,n),c={engine:r,source:e,pictures:i,modelName:e.name,mark:o,current:void 0,spareState:void 0,space:He(r.network.architecture),directions:YC(r),domains:new Zd(r,e.domains),restyle:void 0,given:void 0},l=new Xb(r.runtime,r.network.architecture,n);return new t(c,{reader:a,aligner:l,report:s,source:e})}get architecture(){return this.#e.engine.network.architecture}get directions(){return[...this.#e.directions.keys()]}get domains(){return this.#e.domains.names}get adapter(){return this.#e.engine.opened.adapterName}get engine(){return this.#e.engine}memory(){return this.#e.engine.memory()}plan(){return it(ma(this.#e.engine.network))}get lost(){return this.#e.engine.device.lost}async invert(e,t={}){G(`invert`,t),zd(`onStep`,t.onStep),Bd(t.signal),Yb(t.align);let{align:n,signal:r}=t;if(n===void 0)return this.#a(e,t);let{life:i}=this.engine.runtime,{picture:a,cut:o}=await i.wait(this.#n.cut(e,n),{signal:r}),s=await this.#a(a,t);return s.cut=o,s}steps(e,t={}){return cx(this,e,t)}findFaces(e,t={}){return this.#n.find(e,t)}async#a(e,t){let n=this.#t.take(e);n.catch(()=>void 0);try{let{signal:e}=t;return await this.#e.engine.exclusive(async()=>Ym(this.#e,t,async()=>this.#t.load(await n)),{..._a,signal:e})}finally{n.then(e=>e.close()).catch(()=>void 0)}}async restore(e){let{engine:t,mark:n}=this.#e,{network:r}=t,i=Zp(e)?Xp(r,e):Up(e);return t.exclusive(async()=>{let e=i instanceof Uint8Array?await Yp(r,n,i):i;return cm(this.#e,e)},_a)}async addDirections(e){let{space:t,directions:n}=this.#e,r=await Uf(e,t,n);for(let[e,t]of r)n.set(e,t);return[...r.keys()]}async addDomain(e,t){let{domains:n}=this.#e;n.ensureFree(e),await n.add(e,await Wf(t))}async addRestyle(e){let{engine:t}=this.#e,r=Vu(await Xs(Hf(e))),[i,a]=[Be(this.architecture),Be(r.architecture)];n(i.join()===a.join()&&r.architecture.latentCount===this.architecture.latentCount,`model`,()=>`${r.name}: reads pictures of ${a.join(`×`)} and finds ${r.architecture.latentCount} latents, this model ${i.join(`×`)} and ${this.architecture.latentCount}; use the encoder of the same domain`),await t.exclusive(async()=>{let e=await pa.mount(t.runtime,r);this.#e.restyle?.dispose(),this.#e.restyle=e})}async mix(e){return this.restore(await Wb(this.#e,e))}async animate(e){let{Animation:t}=await import(`./animation-DcPKhvsb.js`);return t.prepare(this.#e,e)}async generate(e={}){G(`generate`,e);let{engine:t,pictures:n}=this.#e;return t.exclusive(async()=>(this.#e.current=void 0,Hm(t,e),n.capture()),_a)}optimise(e,t={}){return this.#r.optimise(e,t)}pivot(e,t={}){return this.#r.pivot(e,t)}restorePivot(e){return this.#r.restore(e)}addLpips(e){return this.#r.addLpips(e)}dispose(){this.#n.dispose(),this.#e.engine.dispose()}[Symbol.dispose](){this.dispose()}};function YC(e){let t=[...e.directions].map(([e,t])=>[e,{kind:`latent`,name:e,vectors:1,values:Float32Array.from(t)}]);return new Map(t)}const XC=[.0448,.2856,.3001,.2363,.1333],ZC=.01**2,QC=.03**2;function $C({data:e,width:t,height:n}){let r=t*n,i=new Float32Array(3*r);for(let t=0;t<r;t++)for(let n=0;n<3;n++)i[n*r+t]=(e[4*t+n]??0)/255;return{data:i,width:t,height:n}}function ew(e){return XC.filter((t,n)=>Math.floor(e/2**n)>=11).length}function tw(e,t){let{width:r,height:i}=e;n(r===t.width&&i===t.height&&Math.min(r,i)>=11,`image`,()=>`MS-SSIM: expects two pictures of one size, at least 11 px a side, got ${r}×${i} and ${t.width}×${t.height}`);let a=0;for(let n=0;n<3;n++)a+=rw(nw(e,n),nw(t,n));return a/3}function nw({data:e,width:t,height:n},r){let i=t*n;return{data:Float64Array.from(e.subarray(r*i,(r+1)*i)),width:t,height:n}}function rw(e,t){let n=ew(Math.min(e.width,e.height)),r=XC.slice(0,n),i=r.reduce((e,t)=>e+t,0),[a,o]=[e,t],s=1;return r.forEach((e,t)=>{let r=t===n-1,{ssim:c,contrast:l}=iw(a,o);s*=Math.max(0,r?c:l)**(e/i),r||([a,o]=[cw(a),cw(o)])}),s}function iw(e,t){let n=(e,t)=>({...e,data:e.data.map((e,n)=>e*(t.data[n]??0))}),[r,i]=[ow(e).data,ow(t).data],[a,o,s]=[ow(n(e,e)).data,ow(n(t,t)).data,ow(n(e,t)).data],[c,l]=[0,0];for(let e=0;e<r.length;e++){let[t,n]=[r[e]??0,i[e]??0],u=(a[e]??0)-t*t+((o[e]??0)-n*n),d=(2*((s[e]??0)-t*n)+QC)/(u+QC);l+=d,c+=d*(2*t*n+ZC)/(t*t+n*n+ZC)}return{ssim:c/r.length,contrast:l/r.length}}const aw=(()=>{let e=Array.from({length:11},(e,t)=>Math.exp(-((t-5)**2)/(2*1.5**2))),t=e.reduce((e,t)=>e+t,0);return e.map(e=>e/t)})();function ow(e){return sw(sw(e))}function sw({data:e,width:t,height:n}){let r=t-11+1,i=new Float64Array(r*n);for(let a=0;a<n;a++)for(let o=0;o<r;o++){let r=0;for(let n=0;n<11;n++)r+=(aw[n]??0)*(e[a*t+o+n]??0);i[o*n+a]=r}return{data:i,width:n,height:r}}function cw({data:e,width:t,height:n}){let[r,i]=[t>>1,n>>1],a=new Float64Array(r*i);for(let n=0;n<i;n++)for(let i=0;i<r;i++){let o=2*n*t+2*i,s=(e[o]??0)+(e[o+1]??0);a[n*r+i]=(s+(e[o+t]??0)+(e[o+t+1]??0))/4}return{data:a,width:r,height:i}}const lw=1024;let uw=`pixels`,dw;function fw(e){uw=e}async function pw(){if(typeof OffscreenCanvas>`u`||!(`gpu`in navigator))return!1;let e=GPUTextureUsage.STORAGE_BINDING|GPUTextureUsage.RENDER_ATTACHMENT,t=await(await navigator.gpu.requestAdapter())?.requestDevice({label:`canvas trial`}),n=new OffscreenCanvas(8,8).getContext(`webgpu`);if(!t||!n)return!1;try{n.configure({device:t,format:`rgba8unorm`,usage:e});let r=n.getCurrentTexture().createView(),i=t.createCommandEncoder({label:`canvas trial`});i.beginRenderPass({colorAttachments:[{view:r,loadOp:`clear`,storeOp:`store`}]}).end(),t.queue.submit([i.finish()]);let a=t.queue.onSubmittedWorkDone().then(()=>!0);return await Promise.race([a,t.lost.then(()=>!1)])}catch{return!1}finally{n.unconfigure(),t.destroy()}}async function mw(e){if(uw===`webgpu`)try{return dw??=new OffscreenCanvas(e.width,e.height),e.draw(dw),dw.transferToImageBitmap()}catch(e){if(e instanceof i&&e.code!==`device`)throw e;console.warn(`this canvas is refused; pictures are read back from now on`,e),uw=`pixels`}return createImageBitmap(await hw(e))}async function hw(e){let{data:t,width:n,height:r}=await e.toImageData();return new ImageData(t,n,r)}function gw(e,t){let n=new OffscreenCanvas(e,t),r=n.getContext(`2d`,{willReadFrequently:!0});if(!r)throw new i(`memory`,`no canvas of ${e} × ${t} px: close other pages`);return r.imageSmoothingQuality=`high`,{context:r,canvas:n}}function _w(e){let{context:t,canvas:n}=gw(e.width,e.height);return t.putImageData(e,0,0),n.convertToBlob({type:`image/png`})}async function vw(e,t,n){let{context:r}=gw(t,n),i=e instanceof ImageData?await createImageBitmap(e):e;return r.drawImage(i,0,0,t,n),i!==e&&i.close(),r.getImageData(0,0,t,n)}function yw(e,{x:t,y:n,side:r,angle:i}){let a=Math.max(1,Math.min(lw,Math.round(r))),{context:o,canvas:s}=gw(a,a);return o.fillStyle=`#fff`,o.fillRect(0,0,a,a),o.translate(a/2,a/2),o.scale(a/r,a/r),o.rotate(-i),o.drawImage(e,-t,-n),s.transferToImageBitmap()}function bw(e,t){let n=Math.min(e.width/t.width,e.height/t.height),[r,i]=[t.width*n,t.height*n],a=Math.min(1,lw/Math.max(r,i)),{context:o,canvas:s}=gw(Math.round(r*a),Math.round(i*a));return o.fillStyle=`#fff`,o.fillRect(0,0,s.width,s.height),o.drawImage(e,(e.width-r)/2,(e.height-i)/2,r,i,0,0,s.width,s.height),s.transferToImageBitmap()}function xw(e,t){if(t===1)return e;let{context:n,canvas:r}=gw(e.width,e.height);n.putImageData(new ImageData(new Uint8ClampedArray(e.data),e.width,e.height),0,0);let[i,a]=[e.width*t,e.height*t],{context:o}=gw(i,a);return o.drawImage(r,0,0,i,a),{data:o.getImageData(0,0,i,a).data,width:i,height:a}}const[Sw,Cw,ww,Tw,Ew,Dw]=[61,291,13,14,33,263];function Ow(e){let t=t=>e[t]??[NaN,NaN],[n,r]=t(Ew),[i,a]=t(Dw),o=Math.hypot(i-n,a-r),[s,c]=[[(i-n)/o,(a-r)/o],[-(a-r)/o,(i-n)/o]],l=([e,t],[n,r])=>e*n+t*r,u=Math.abs(l(t(Cw),s)-l(t(Sw),s)),d=(l(t(Sw),c)+l(t(Cw),c))/2;return(u+2*((l(t(ww),c)+l(t(Tw),c))/2-d))/o}var kw=class{#e;constructor(e){this.#e=e}async sefa(e){let t=e?`sefa ${e[0]}–${e[1]}`:`sefa`;return this.#e.job(()=>this.#e.model.discovery.sefa({name:t,count:5,...e?{rows:e}:{}}))}async ganspace(){return this.#e.job(e=>this.#e.model.discovery.ganspace({count:5,signal:e}))}async find(e,t){return this.#e.job(async n=>{let{model:r}=this.#e,i=Aw(`found ${e}`,r.directions),a=new jw(e,e=>this.#t(e)),o=0;return{name:i,correlation:await r.discovery.find(i,async n=>{let r=await a.of(n);return o++,o%8==0&&await t({phase:`Looking for ${e}`,done:o,total:160}),r},{samples:160,signal:n})}})}save(){return{blob:new Blob([this.#e.model.discovery.save()]),name:`directions.safetensors`}}async#t(e){let t=await vw(await hw(e),256,256),{faces:n}=await this.#e.model.findFaces(t,{small:`never`,most:1});return n[0]&&Ow(n[0].mesh)}};function Aw(e,t){let n=e;for(let r=2;t.includes(n);r++)n=`${e} ${r}`;return n}var jw=class{#e;#t;#n=0;#r=0;#i=0;constructor(e,t){this.#e=e,this.#t=t}async of(e){let t=await this.#a(e);if(this.#i++,t!==void 0)return this.#n+=t,this.#r++,t;if(this.#i>=24&&this.#r<this.#i/4)throw new i(`image`,`faces were found in only ${this.#r} of the model's first ${this.#i} pictures: smiles cannot be scored; look for brightness or colour instead`);return this.#r>0?this.#n/this.#r:0}async#a(e){if(this.#e===`smile`)return this.#t(e);let{data:t}=await hw(e);return this.#e===`brightness`?Mw(t):Nw(t)}};function Mw(e){let t=0;for(let n=0;n<e.length;n+=4)t+=.299*(e[n]??0)+.587*(e[n+1]??0)+.114*(e[n+2]??0);return 4*t/e.length}function Nw(e){let t=0;for(let n=0;n<e.length;n+=4){let[r,i,a]=[e[n]??0,e[n+1]??0,e[n+2]??0];t+=Math.max(r,i,a)-Math.min(r,i,a)}return 4*t/e.length}function Pw(e){let t=[{kind:`conv`,resolution:4},{kind:`rgb`,resolution:4}];for(let n=8;n<=e;n*=2)t.push({kind:`conv`,resolution:n},{kind:`conv`,resolution:n},{kind:`rgb`,resolution:n});return t}var Fw=class{#e;constructor(e){this.#e=e}async layerMoves({strength:e,step:t}){return this.#e.after(async()=>{let{inversion:n,model:r}=this.#e,i=Pw(r.architecture.size);return[...await n.weightOffsets({strength:e,step:t})].flatMap(([e,t])=>{let n=i[e];return n?[{...n,index:e,mean:Iw(t)}]:[]})})}};function Iw(e){let t=0;for(let n of e)t+=Math.abs(n);return e.length>0?t/e.length:0}function Lw([e,,t,n]){let[r,i]=[n[0]-e[0],n[1]-e[1]];return{x:(e[0]+t[0])/2,y:(e[1]+t[1])/2,side:Math.hypot(r,i),angle:Math.atan2(i,r)}}var Rw=class e{#e;#t;constructor(e){this.#e=e,this.#t=$C(e)}static async of(t,n,r){return new e(await vw(t,n,r))}async#n(e){return vw(e,this.#e.width,this.#e.height)}async similarity(e){let{width:t,height:n}=this.#e;return ew(Math.min(t,n))===0?null:tw(this.#t,$C(await this.#n(e)))}async l2(e){let{data:t}=$C(await this.#n(e));return t.reduce((e,t,n)=>e+(2*(t-(this.#t.data[n]??0)))**2,0)/t.length}async errorMap(e){let{data:t,width:n,height:r}=await this.#n(e),i=new ImageData(n,r);for(let e=0;e<t.length;e+=4){let n=n=>Math.abs((t[e+n]??0)-(this.#e.data[e+n]??0)),r=Math.min(1,(n(0)+n(1)+n(2))/381);i.data.set(Bw(Math.sqrt(r)),e)}return createImageBitmap(i)}};const zw=[[20,14,30],[110,25,70],[205,65,50],[245,165,60],[255,250,205]];function Bw(e){let t=Math.min(zw.length-1.001,Math.max(0,e)*(zw.length-1)),[n,r]=[zw[Math.floor(t)]??zw[0],zw[Math.floor(t)+1]??zw[4]],i=e=>Math.round(n[e]+(r[e]-n[e])*(t%1));return[i(0),i(1),i(2),255]}function Vw(e,{bitmap:t,quad:n}){if(n)return yw(t,Lw(n));let{size:r,inputSize:i,cropRows:a}=e.model.architecture,[o,s]=a??[0,i];return bw(t,{width:r,height:r*(s-o)/i})}async function Hw(e,t){let{inputSize:n,cropRows:r}=e.model.architecture,[i,a]=r??[0,n],o=Vw(e,t);try{return await Rw.of(o,n,a-i)}finally{o.close()}}function Uw(e,{bitmap:t,quad:n}){return n||(t.width===t.height&&e.model.architecture.cropRows===null?void 0:`centre`)}const Ww=[`w`,`optimised`,`pivot`,`hyperstyle`,`hyperstyle-pivot`],Gw={w:`W inversion`,optimised:`Latent optimisation`,pivot:`Pivotal tuning`,hyperstyle:`HyperStyle`,"hyperstyle-pivot":`HyperStyle, then tuning`},Kw=({session:e,photo:t,signal:n},r)=>e.model.invert(t.bitmap,{steps:r,signal:n,align:Uw(e,t)}),qw={w:e=>Kw(e,0),optimised:({session:e,photo:t,effort:n,signal:r,told:i})=>e.model.optimise(t.bitmap,{align:Uw(e,t),steps:n.optimise,signal:r,onProgress:i(Gw.optimised)}),pivot:({session:e,photo:t,effort:n,signal:r,told:i})=>e.model.pivot(t.bitmap,{align:Uw(e,t),from:`w`,steps:n.pivot,signal:r,onProgress:i(Gw.pivot)}),hyperstyle:e=>Kw(e,e.effort.steps),"hyperstyle-pivot":async e=>{let{session:t,photo:n,effort:r,signal:i,told:a}=e,o=await Kw(e,r.steps);try{return await t.model.pivot(n.bitmap,{align:Uw(t,n),from:o,steps:r.refine,signal:i,onProgress:a(Gw[`hyperstyle-pivot`])})}finally{o.dispose()}}};var Jw=class{#e;constructor(e){this.#e=e}async compare(e,t,n){await this.#e.job(async r=>{let a=this.#e,{photo:o}=a;if(!o)throw new i(`option`,`there is no photo to compare methods on: choose one first`);let s=await Hw(a,o);for(let[i,c]of Ww.entries())await n({phase:`${i+1} of ${Ww.length}: ${Gw[c]}`,done:0,total:0}),await t(await Yw(c,{session:a,photo:o,effort:e,signal:r,told:e=>async t=>n({phase:`${i+1} of ${Ww.length}: ${e}`,done:t.step,total:t.steps,detail:t.losses.l2===void 0?``:`error ${t.losses.l2.toFixed(4)}`})},s))})}};async function Yw(e,t,n){let r=performance.now(),i=await qw[e](t);try{let t=(performance.now()-r)/1e3,a=await mw(i.picture);return{method:e,picture:a,seconds:t,l2:await n.l2(a),similarity:await n.similarity(a)}}finally{i.dispose()}}var Xw=class{#e;#t;#n=[];constructor(e){this.#e=e}async load(e,t){this.#t?.abort();let n=new AbortController;this.#t=n,fw(e.draw);let{source:r,kernels:a,precision:o,tune:s,faces:c}=e,l=await JC.load(r,{onProgress:e=>t.progress(e),signal:n.signal,faces:c,tune:s,...a===null?{}:{kernels:a},...o===null?{}:{precision:o}});try{await this.#e.job(async()=>{if(n.signal.aborted)throw new i(`aborted`,`called off at the last moment`);this.#e.takeModel(l)})}catch(e){throw l.dispose(),e}return this.#n=l.kernels.rungs,l.lost.then(({reason:e,message:n})=>{e!==`destroyed`&&this.#e.has(l)&&t.lost(n)}),this.facts()}cancelLoad(){this.#t?.abort()}facts(){let{model:e}=this.#e,{architecture:t,adapter:n}=e,[r,i]=t.cropRows??[0,t.inputSize];return{name:e.name,width:t.size,height:Math.round(t.size*(i-r)/t.inputSize),inputSize:t.inputSize,faces:t.cropRows===null,directions:e.directions,domains:e.domains,latentCount:2*Math.log2(t.size)-2,adapter:n,software:/swiftshader|llvmpipe|lavapipe/i.test(n),memory:e.memory().total,kernels:this.#n}}async generate(e,t){return this.#e.job(async()=>{let n=await this.#e.model.generate({seed:e,truncation:t});return this.#e.takePhoto(null),this.#e.showOther(n),mw(n)})}async addDirections(e){return this.#e.model.addDirections(e)}plan(){return this.#e.model.plan()}memory(){return this.#e.model.memory().total}async clearCache(){await JC.clearCache()}};const Zw={gif:256,png:0,mp4:512,webm:512};async function Qw(e,t,{signal:n,onProgress:r}){let i=({done:e,frames:n})=>{r({phase:`Writing the ${t===`png`?`PNG files`:t.toUpperCase()}`,done:e,total:n})},a=Math.max(1,Math.ceil(Zw[t]/Math.max(e.width,e.height))),o={signal:n,onProgress:i,compose:e=>xw(e,a)};return t===`gif`?{blob:await e.toGif(o),name:`portrait.gif`}:t===`png`?{blob:await $w(e,{signal:n,onProgress:i}),name:`frames.zip`}:{blob:await e.toVideo({...o,format:t}),name:`portrait.${t}`}}async function $w(e,t){let{Zip:n,ZipPassThrough:r}=await import(`./browser-CkKD_37g.js`),i=[],a=new n((e,t)=>{if(e)throw e;i.push(t.slice())});for await(let{index:n,data:i,width:o,height:s}of e.stream(t)){let e=new r(`frame-${String(n).padStart(4,`0`)}.png`);a.add(e);let t=await _w(new ImageData(i,o,s));e.push(new Uint8Array(await t.arrayBuffer()),!0)}return a.end(),new Blob(i,{type:`application/zip`})}async function eT({kind:e,person:t,photo:n}){let r=t.steps.at(-1);return{kind:e,lastStep:`ended`in t?0:r?.index??0,picture:await mw(t.picture),l2:r?.l2??NaN,pastes:n!==null&&t.cut!==void 0}}var tT=class{#e;#t=new AbortController;constructor(e){this.#e=e}async show(e){return this.#e.after(async()=>{let t=this.#e,{person:n}=t.person,{edits:r,strength:i,step:a,domain:o}=e;return`ended`in n?(await n.edit(r,{strength:i.coarse}),t.showOther(null)):o===null?(await n.edit(r,{strength:i,step:a}),t.showOther(null)):t.showOther(await n.in(o,{edits:r,strength:i,step:a})),mw(t.picture)})}async errorMap(){return this.#e.after(async()=>{let{photo:e}=this.#e.person;return e?(await Hw(this.#e,e)).errorMap(await hw(this.#e.picture)):null})}async tune(e){return this.#e.job(async t=>{let n=this.#e,{photo:r}=n.person;if(!r)throw new i(`option`,`tuning needs the photo: choose it again and invert it`);this.#t=new AbortController;let a=await n.model.pivot(r.bitmap,{from:n.inversion,align:Uw(n,r),steps:150,every:5,signal:t,stop:this.#t.signal,onProgress:nT(`Tuning the generator`,e)});return n.showTuned({kind:`tuned`,person:a,photo:r}),eT(n.person)})}stopTuning(){this.#t.abort()}async untune(){return this.#e.job(async()=>(this.#e.goBack(),eT(this.#e.person)))}async png(){return this.#e.after(async()=>({blob:await _w(await hw(this.#e.picture)),name:`portrait.png`}))}async pasted(){return this.#e.after(async()=>{let{person:e,photo:t}=this.#e.person;if(!t)throw new i(`option`,`the photo is not there any more: choose it again`);let{data:n,width:r,height:a}=await e.pasteInto(t.bitmap);return{blob:await _w(new ImageData(new Uint8ClampedArray(n),r,a)),name:`photo.png`}})}async identity(){return this.#e.after(async()=>({blob:new Blob([await this.#e.person.person.identity()]),name:`portrait.identity`}))}async restore(e){return this.#e.job(async()=>{let{model:t}=this.#e,n=await Rp(e)===`tuned`,r=n?await t.restorePivot(e):await t.restore(e);return this.#e.takePhoto(null),this.#e.show({kind:n?`tuned`:`restored`,person:r,photo:null}),eT(this.#e.person)})}};function nT(e,t){return async({step:n,steps:r,losses:i,picture:a})=>{await t({phase:e,done:n,total:r,...i.l2===void 0?{}:{detail:`error ${i.l2.toFixed(4)}`},picture:await mw(a)})}}function rT(){var e=typeof SuppressedError==`function`?SuppressedError:function(e,t){var n=Error();return n.name=`SuppressedError`,n.error=e,n.suppressed=t,n},t={},n=[];function r(e,t){if(t!=null){if(Object(t)!==t)throw TypeError(`using declarations can only be used with objects, functions, null, or undefined.`);if(e)var r=t[Symbol.asyncDispose||Symbol.for(`Symbol.asyncDispose`)];if(r===void 0&&(r=t[Symbol.dispose||Symbol.for(`Symbol.dispose`)],e))var i=r;if(typeof r!=`function`)throw TypeError(`Object is not disposable.`);i&&(r=function(){try{i.call(t)}catch(e){return Promise.reject(e)}}),n.push({v:t,d:r,a:e})}else e&&n.push({d:t,a:e});return t}return{e:t,u:r.bind(null,!1),a:r.bind(null,!0),d:function(){var r,i=this.e,a=0;function o(){for(;r=n.pop();)try{if(!r.a&&a===1)return a=0,n.push(r),Promise.resolve().then(o);if(r.d){var e=r.d.call(r.v);if(r.a)return a|=2,Promise.resolve(e).then(o,s)}else a|=1}catch(e){return s(e)}if(a===1)return i===t?Promise.resolve():Promise.reject(i);if(i!==t)throw i}function s(n){return i=i===t?n:new e(n,i),o()}return o()}}}var iT=class{#e;#t=/* @__PURE__ */ new Map;#n=1;constructor(e){this.#e=e}async remember(){return this.#e.after(async()=>{let{inversion:e}=this.#e,t=await e.identity(),n=this.#n++;return this.#t.set(n,t),{id:n,picture:await mw(e.steps.at(-1)?.picture??e.picture)}})}forget(e){e===void 0?this.#t.clear():this.#t.delete(e)}async mix(e){return this.#e.job(async()=>{let{model:t}=this.#e,n=await this.#a(e.map(({id:e})=>e));try{let r=e.reduce((e,{weight:t})=>e+t,0),i=e.flatMap(({weight:t,strength:i},a)=>{let o=n[a];return o?[{person:o,weight:r>0?t/r:1/e.length,strength:i}]:[]}),a=await t.mix(i);return this.#e.shown?.kind!==`mixed`&&this.#e.takePhoto(null),this.#e.show({kind:`mixed`,person:a,photo:null}),eT(this.#e.person)}finally{for(let e of n)e.dispose()}})}async play(e,t){await this.#e.job(n=>this.#r(e,async e=>{try{var r=rT();let i=r.u(await this.#e.model.animate(e)),a=0;await i.play(async e=>t(await mw(e),a++),{signal:n})}catch(e){r.e=e}finally{r.d()}}))}async exportAs(e,t,n){return this.#e.job(r=>this.#r(t,async t=>{try{var i=rT();return Qw(i.u(await this.#e.model.animate(t)),e,{signal:r,onProgress:n})}catch(e){i.e=e}finally{i.d()}}))}async#r({motion:e,look:t,ids:n},r){if(e===`swing`)return r(aT(Re(this.#e.inversion,this.#i(t)),t));let i=await this.#a(n);try{return await r(aT(Ie(i),t))}finally{for(let e of i)e.dispose()}}#i({edits:e}){let[t]=this.#e.model.directions;return Object.keys(e).length>0||t===void 0?e:{[t]:2}}async#a(e){let t=[];for(let n of e){let e=this.#t.get(n);e&&t.push(await this.#e.model.restore(e))}return t}};function aT(e,{strength:t,domain:n}){let[r,...i]=e.keyframes;return r?{...e,keyframes:[{...r,strength:t,domain:n},...i]}:e}var oT=class{#e;constructor(e){this.#e=e}async open(e){let t=e instanceof File?e.name:`the picture`,n=await createImageBitmap(e).catch(e=>{throw new i(`image`,`${t}: the browser cannot decode this picture; save it as PNG, JPEG or WebP and choose it again`,{cause:e})});return await this.#e.job(async()=>this.#e.takePhoto({bitmap:n,quad:null})),{width:n.width,height:n.height}}async findFaces(){let{model:e}=this.#e,{bitmap:t}=this.#t,{faces:n,warnings:r}=await e.findFaces(t,{most:12});return{faces:n.map(({quad:e,score:t,yaw:n,warnings:r})=>({quad:e,score:t,yaw:n,warnings:r})),warnings:r}}cut(e){let t=this.#t;return t.quad=e,Vw(this.#e,t)}async invert(e,t){return this.#e.job(async n=>{let r=this.#e,i=this.#t;r.forget();let a=await Hw(r,i),o=await r.model.invert(i.bitmap,{steps:e,signal:n,align:Uw(r,i),onStep:async({index:e,l2:n,picture:r})=>{let i=await mw(r);await t({index:e,l2:n,similarity:await a.similarity(i),picture:i})}});return r.show({kind:`inverted`,person:o,photo:i}),eT(r.person)})}get#t(){let{photo:e}=this.#e;if(!e)throw new i(`option`,`there is no photo: choose one first`);return e}},sT=class{#e=null;#t=null;#n=null;#r=null;#i=null;#a=new AbortController;#o=Promise.resolve();get model(){if(!this.#e)throw new i(`option`,`there is no model yet: wait until it is loaded`);return this.#e}has(e){return this.#e===e}get photo(){return this.#n}get shown(){return this.#t}get person(){if(!this.#t)throw new i(`option`,`there is nobody yet: choose a portrait first`);return this.#t}get inversion(){let{person:e}=this.person;if(`ended`in e)throw new i(`option`,`this person was tuned and has no codes to mix: go back to the inversion first`);return e}get picture(){return this.#i??this.person.person.picture}cancel(){this.#a.abort()}async job(e){this.#a.abort();let t=new AbortController;this.#a=t;let n=this.#o.catch(()=>void 0).then(()=>{if(t.signal.aborted)throw new i(`aborted`,`another task has taken its place`);return e(t.signal)});return this.#o=n,n}async after(e){let t=this.#o.catch(()=>void 0).then(e);return this.#o=t,t}takeModel(e){this.forget(),this.#e?.dispose(),this.#e=e}takePhoto(e){this.forget(),this.#n?.bitmap.close(),this.#n=e}show(e){this.forget(),this.#t=e}showTuned(e){let{person:t}=this;this.showOther(null),this.#r=t,this.#t=e}goBack(){return this.#r?(this.#t?.person.dispose(),this.#t=this.#r,this.#r=null,this.showOther(null),!0):!1}showOther(e){this.#i?.dispose(),this.#i=e}forget(){this.showOther(null),this.#r?.person.dispose(),this.#r=null,this.#t?.person.dispose(),this.#t=null}},cT=class{#e=new sT;model=new Xw(this.#e);photo=new oT(this.#e);person=new tT(this.#e);people=new iT(this.#e);discovery=new kw(this.#e);methods=new Jw(this.#e);insight=new Fw(this.#e);async available(){return`gpu`in navigator&&await navigator.gpu.requestAdapter()!==null}canvasWorks(){return pw()}cancel(){this.#e.cancel()}};function lT(){let e=d.get(`throw`);d.set(`throw`,{canHandle:t=>e?.canHandle(t)??!1,serialize({value:e}){let t=e instanceof Error?e:Error(String(e)),n=t instanceof i?t.code:null;return[{message:t.message,code:n,stack:t.stack??``},[]]},deserialize({message:e,code:t,stack:n}){throw t?new i(t,e):Object.assign(Error(e),{stack:n})}}),d.set(`pictures`,{canHandle:e=>uT(e).length>0,serialize:e=>[e,uT(e)],deserialize:e=>e})}function uT(e){return e instanceof ImageBitmap?[e]:typeof e!=`object`||!e||Object.getPrototypeOf(e)!==Object.prototype?[]:Object.values(e).filter(e=>e instanceof ImageBitmap)}lT(),p(new cT);export{E as A,xn as C,A as D,N as E,Te as F,Me as I,ke as L,S as M,T as N,O,w as P,Ce as R,er as S,k as T,da as _,Vy as a,L as b,nm as c,G as d,Bd as f,va as g,_a as h,db as i,C as j,j as k,Tp as l,cs as m,Gb as n,hv as o,Rd as p,Bb as r,q as s,RS as t,zd as u,Ji as v,P as w,I as x,xr as y,xe as z};